# What is booked has been settled: two tables hold the same payments.
# Datasets booked and settled: reference text, amount numeric(12,2), sorted by reference in byte order. The host compares
# them; only if they differ are both read, to say where.
try:
    CheckerCase().assertEqual(datasets['booked'], datasets['settled'], 'what is booked has been settled')
except FailedAssertion:
    booked = {reference: amount for reference, amount in datasets['booked']}
    settled = {reference: amount for reference, amount in datasets['settled']}
    for reference in sorted(set(booked) | set(settled)):
        if reference not in settled:
            log('payment {} is booked only'.format(reference), level='warning')
        elif reference not in booked:
            log('payment {} is settled only'.format(reference), level='warning')
        elif booked[reference] != settled[reference]:
            log('payment {}: booked {}, settled {}'.format(reference, booked[reference], settled[reference]), level='warning')
    raise
