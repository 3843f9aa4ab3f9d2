-- What should hold of the data, and a checker for each. The ids that these functions return are of no interest here.
\o /dev/null
SELECT create_dataset('films_from_the_future',
  $$SELECT title, release_date FROM vega.movies WHERE release_date > '2011-12-31' ORDER BY release_date$$,
  description => 'the data were collected in 2010 and hold announcements for the year after');

SELECT create_checker('film_dates', 'javascript', $$
  assertEmpty(datasets.films_from_the_future, 'no film comes out after its data were collected');
$$, datasets => '{films_from_the_future}', severity => 'critical', owner => 'the film desk',
    runbook => 'Two-digit years were read as 20xx: look at the import.');

SELECT create_dataset('late_flights', 'SELECT * FROM vega.flights WHERE delay > 300');
SELECT create_checker('few_late_flights', 'rule', $$
  [{"dataset": "late_flights", "assert": "less_than", "value": 42,
    "message": "fewer than 42 flights are five hours late"}]
$$, datasets => '{late_flights}');

SELECT create_dataset('flights_from_nowhere',
  'SELECT f.* FROM vega.flights f WHERE NOT EXISTS (SELECT FROM vega.airports a WHERE a.iata = f.origin)');
SELECT create_checker('origins_are_airports', 'python', $$
CheckerCase().assertEmpty(datasets['flights_from_nowhere'], 'every flight starts at an airport that we know')
$$, datasets => '{flights_from_nowhere}');

-- This one is a module that clang made of share_prices.c; it reads the rows itself.
SELECT create_dataset('share_prices', 'SELECT symbol, day, price FROM vega.stocks ORDER BY symbol, day');
\set ECHO none
\echo 'SELECT create_checker(''share_prices'', (the bytes of the module), (the text of share_prices.c), ''{share_prices}'');'
SELECT create_checker('share_prices', decode(:'share_prices_wasm', 'base64'), :'share_prices_source', '{share_prices}');
\set ECHO queries

-- And two that cannot tell: their status is error, not fail, and nobody else is bothered.
SELECT create_dataset('broken', 'SELECT 1 / (count(*) - count(*)) AS ratio FROM vega.movies');
SELECT create_checker('divides_by_zero', 'javascript', $$
  assertNotEmpty(datasets.broken, 'there is a ratio');
$$, datasets => '{broken}', alarm_on => '{fail}');
SELECT create_checker('never_ends', 'javascript', 'for (;;) ;',
  timeout => '200 ms', alarm_on => '{fail}');
