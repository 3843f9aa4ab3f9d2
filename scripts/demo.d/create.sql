CREATE EXTENSION pg_checker;
-- Last in the path: the views have everyday names, which shall not hide anybody's tables.
ALTER DATABASE demo SET search_path = "$user", public, checker;
