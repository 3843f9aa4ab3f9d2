SELECT checker, status, failures, coalesce(message, error) AS message, duration FROM run_checker();
