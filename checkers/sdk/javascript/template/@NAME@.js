// Every user has an e-mail: reads dataset @NAME@_rows (id bigint, email text).
let missing = 0;
for (const user of datasets['@NAME@_rows']) {
  if (user.email === null) missing++;
}
assertTrue(missing === 0, 'every user has an e-mail');
