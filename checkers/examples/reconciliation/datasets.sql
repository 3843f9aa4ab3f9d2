SELECT checker.create_dataset('booked', 'SELECT reference, amount FROM bookings ORDER BY reference COLLATE "C"'),
       checker.create_dataset('settled', 'SELECT reference, amount FROM settlements ORDER BY reference COLLATE "C"');
