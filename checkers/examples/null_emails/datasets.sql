SELECT checker.create_dataset('users_without_email', 'SELECT id, username FROM users WHERE email IS NULL ORDER BY id');
