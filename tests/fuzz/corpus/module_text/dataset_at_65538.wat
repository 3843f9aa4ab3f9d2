;; Writes the rows of its one dataset to stdout, without asking for them: a module with two pages of memory and no
;; allocator, which imports nothing of "checker" but outcomes, finds them as CSV at offset 65538, with zeros behind. This
;; is how the first checkers got their data; new ones call dataset.
(module
  (import "checker" "ok" (func $ok (param $message i32) (param $length i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $buffers i32) (param $count i32) (param $written i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "wrote the dataset")

  ;; The number of bytes before the first zero.
  (func $length (result i32) (local $end i32)
    (local.set $end (i32.const 65538))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $end) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (i32.const 65538)))

  (func (export "check")
    (i32.store (i32.const 0) (i32.const 65538))
    (i32.store (i32.const 4) (call $length))
    ;; Descriptor 1 is stdout; the number of bytes written goes to offset 8.
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $ok (i32.const 16) (i32.const 17))))
