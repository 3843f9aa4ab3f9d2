-- Made-up rows run nobody's code with the rights of whoever tries a checker: a type's maker is not its user.
CREATE ROLE mallory;
SELECT grant_access('author', 'mallory');
GRANT CREATE ON SCHEMA public TO mallory;
SET ROLE mallory;
CREATE FUNCTION whose(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'code of mallory as %', current_user; END $$;
CREATE DOMAIN trap AS int CHECK (whose(VALUE));
CREATE TABLE bait (d trap);
SELECT create_dataset('bait', 'TABLE bait') > 0 AS made;
SELECT create_checker('lure', 'javascript', 'assertEmpty(datasets.bait)', datasets => '{bait}') > 0 AS made;
SELECT create_checker('query', 'sql', 'SELECT d FROM bait') > 0 AS made;
RESET ROLE;
-- As a dataset, with the rights of its owner; in a query, as what is below the domain.
SELECT test_checker('lure', '{"bait": [{"d": 5}]}');
SELECT test_source('javascript', 'assertEmpty(datasets.bait)', '{"bait": [{"d": 5}]}');
SELECT test_checker('query', '{"bait": [{"d": 5}]}') ->> 'status';
SELECT test_source('sql', 'SELECT d FROM bait', '{"bait": [{"d": 5}]}') ->> 'status';
SELECT drop_dataset('bait', force => true);
SELECT test_source('javascript', 'assertEmpty(datasets.bait)', '{"bait": [{"d": 5}]}') ->> 'status';
-- One's own tables have their own types.
SET ROLE mallory;
SELECT test_source('sql', 'SELECT d FROM bait', '{"bait": [{"d": 5}]}');
RESET ROLE;
DROP OWNED BY mallory;
DROP ROLE mallory;
