SELECT checker, status, failures, message, error, duration FROM run_checker();
