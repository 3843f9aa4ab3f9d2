# Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of the standard
# deviation that they had.
# Reads datasets amounts_before and amounts_now: amount double precision, nulls left out.


def measure(dataset):
    """Welford's method: one pass, and no great numbers that cancel each other."""
    count, mean, squares = 0, 0.0, 0.0
    for amount, in dataset:
        if amount is not None:
            count += 1
            distance = amount - mean
            mean += distance / count
            squares += distance * (amount - mean)
    return count, mean, squares


max_shift = params.get('max_shift', 0.5)
before, mean_before, squares = measure(datasets['amounts_before'])
present, mean_now, _ = measure(datasets['amounts_now'])
log('{} amounts before, {} now'.format(before, present))
if before < 2 or present < 1:
    warn('there are too few amounts to compare')
else:
    shift = mean_now - mean_before
    CheckerCase().assertTrue(shift * shift <= max_shift * max_shift * squares / (before - 1),
                             'amounts are distributed as before')
