"""The checkers that are measured, as WAT."""


def assertion(function, dataset, message, bound=None):
    """A checker of one host-side assertion on one dataset, with a bound on the number of rows if it takes one."""
    has_bound = bound is not None
    types = "(param i32 i32 i64 i32 i32)" if has_bound else "(param i32 i32 i32 i32)"
    bound_text = f"(i64.const {bound})" if has_bound else ""
    return f"""
      (module
        (import "checker" "{function}" (func $assert {types} (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "{dataset}")
        (data (i32.const 128) "{message}")
        (func (export "check")
          (drop (call $assert (i32.const 0) (i32.const {len(dataset)}) {bound_text}
                              (i32.const 128) (i32.const {len(message)})))))"""


# Does nothing, and is ok therefore: what is left is the cost of a run.
TRIVIAL = '(module (func (export "check")))'


def failing(message):
    """Fails without looking at anything."""
    return f"""
      (module
        (import "checker" "fail" (func $fail (param i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "{message}")
        (func (export "check") (call $fail (i32.const 0) (i32.const {len(message)}))))"""


def unheard_of(number):
    """A small module that no cache has: the number makes its bytes its own."""
    return f"""
      (module
        (import "checker" "now" (func $now (result i64)))
        (memory (export "memory") 1)
        (func $mix (param i64) (result i64) (i64.xor (local.get 0) (i64.const {number})))
        (func (export "check")
          (local $i i32)
          (loop $again
            (i64.store (i32.shl (local.get $i) (i32.const 3)) (call $mix (call $now)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 100))))))"""
