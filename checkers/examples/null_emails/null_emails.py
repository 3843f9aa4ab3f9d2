# Few users are without an e-mail: less than parameter "limit" (3), or twice as many on days off.
# The host counts the rows of dataset users_without_email; none of them comes here.
limit = params.get('limit', 3)
CheckerCase().assertLessThan(datasets['users_without_email'], limit if business_day() else 2 * limit,
                             'few users are without an e-mail')
