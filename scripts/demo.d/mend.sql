-- Films of the years up to 1946, whose years were written with two digits.
UPDATE vega.movies SET release_date = release_date - interval '100 years' WHERE release_date > '2011-12-31';
SELECT checker, status, message FROM run_checker('film_dates');
SELECT checker, state, since FROM alarms WHERE checker = 'default.film_dates';
