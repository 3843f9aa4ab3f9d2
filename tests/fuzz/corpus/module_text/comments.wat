(;a(;b;);) ;; c
(module (memory 1) (func (export "_start") (i64.store offset=4294967295 align=4 (i32.const -1) (i64.const 0x1_0))))