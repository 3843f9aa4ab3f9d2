# The lines of every order add up to its total, to the cent.
# Reads dataset order_lines: order_id bigint, total numeric(12,2), quantity int, price numeric(12,2), sorted by order;
# quantity and price are None for an order without lines.
wrong = 0
order = None


def judge():
    global wrong
    if order and order['sum'] != order['total']:
        wrong += 1
        log('order {}: the lines add up to {}, the total is {}'.format(order['id'], order['sum'], order['total']), level='warning')


for order_id, total, quantity, price in datasets['order_lines']:
    if order is None or order['id'] != order_id:
        judge()
        order = {'id': order_id, 'total': total, 'sum': Decimal('0.00')}
    if quantity is not None:
        order['sum'] += quantity * price
judge()
CheckerCase().assertTrue(wrong == 0, 'the lines of every order add up to its total')
