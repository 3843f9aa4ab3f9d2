# Every user has an e-mail: reads dataset @NAME@_rows (id bigint, email text).
missing = 0
for user_id, email in datasets['@NAME@_rows']:
    if email is None:
        missing += 1
CheckerCase().assertTrue(missing == 0, 'every user has an e-mail')
