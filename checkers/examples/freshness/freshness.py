# Every source has sent something lately: within parameter "max_age_minutes" (60).
# Reads dataset newest_events: source text, newest timestamptz, None for a source that is new.
import datetime

oldest = now() - datetime.timedelta(minutes=params.get('max_age_minutes', 60))
late = 0
for source, newest in datasets['newest_events']:
    if newest is None or newest < oldest:
        late += 1
        log('source {} {}'.format(source, 'has never sent anything' if newest is None else 'is late'), level='warning')
CheckerCase().assertTrue(late == 0, 'every source has sent something lately')
