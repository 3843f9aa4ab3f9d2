/*
 * The artifact format: what a checker compiled to native code looks like, and the only way out of
 * it.
 *
 * This header is read twice. checker-compile puts its text in front of the C that wasm2c writes, in
 * the place of WABT's own wasm-rt.h (the names wasm_rt_* are those that the generated code uses);
 * the engine includes it to load the result. It is therefore plain C11, needs no other header of
 * ours, and every change of a struct here is a new CHECKER_ARTIFACT_VERSION.
 *
 * An artifact is a shared object without undefined symbols. It exports one symbol,
 * `checker_module`. Everything that it needs from outside (host functions, memory, traps, libc's
 * block operations, rounding) comes through the table `struct checker_runtime`, which the engine
 * binds once after loading.
 */
#ifndef PG_CHECKER_ENGINE_GUEST_RUNTIME_H
#define PG_CHECKER_ENGINE_GUEST_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHECKER_ARTIFACT_VERSION 4
#define CHECKER_MODULE_SYMBOL "checker_module"

/* Unit of linear memory, in bytes. */
#define CHECKER_PAGE_BYTES 65536u

/*
 * Why a guest stopped. The first eight are WABT's own wasm_rt_trap_t; the others are ours.
 */
typedef enum {
  WASM_RT_TRAP_NONE = 0,
  WASM_RT_TRAP_OOB = 1, /* out of bounds, memory or table */
  WASM_RT_TRAP_INT_OVERFLOW = 2,
  WASM_RT_TRAP_DIV_BY_ZERO = 3,
  WASM_RT_TRAP_INVALID_CONVERSION = 4,
  WASM_RT_TRAP_UNREACHABLE = 5,
  WASM_RT_TRAP_CALL_INDIRECT = 6,
  WASM_RT_TRAP_UNCAUGHT_EXCEPTION = 7,
  WASM_RT_TRAP_EXHAUSTION = 8, /* the stack's address passed checker_context.stack_limit */
  CHECKER_TRAP_FUEL = 9,       /* the fuel limit is used up */
  /* The host refused or stopped the guest; the engine's instance says why. */
  CHECKER_TRAP_HOST = 10,
  CHECKER_TRAP_MEMORY = 11, /* initial memory or table is over the memory limit */
  /* An interpreter's own longjmp: ends at the host's innermost call into it. */
  CHECKER_TRAP_UNWIND = 12
} wasm_rt_trap_t;

typedef enum {
  WASM_RT_I32,
  WASM_RT_I64,
  WASM_RT_F32,
  WASM_RT_F64,
  WASM_RT_FUNCREF,
  WASM_RT_EXTERNREF
} wasm_rt_type_t;

typedef void (*wasm_rt_function_ptr_t)(void);

typedef struct {
  /* Canonical number of the type, from 1. Structural: equal types have equal numbers. */
  uint32_t func_type;
  wasm_rt_function_ptr_t func;
  void* module_instance;
} wasm_rt_funcref_t;

typedef void* wasm_rt_externref_t;

typedef struct {
  uint8_t* data;
  uint32_t pages, max_pages;
  uint64_t size; /* bytes; 64 bits wide because 65,536 pages do not fit into 32 */
} wasm_rt_memory_t;

typedef struct {
  wasm_rt_funcref_t* data;
  uint32_t max_size;
  uint32_t size;
} wasm_rt_funcref_table_t;

typedef struct {
  wasm_rt_externref_t* data;
  uint32_t max_size;
  uint32_t size;
} wasm_rt_externref_table_t;

/*
 * First member of every instance: what generated code reads at function entries and loop heads.
 */
struct checker_context {
  /* What is left of this slice. While the guest runs it counts in a register, and below zero it
   * asks `refuel`; this is exact whenever the host is called, and when the guest has ended. */
  int64_t fuel;
  /* No frame of the guest may lie below this address. */
  char* stack_limit;
  /* Non-zero: somebody wants the guest to stop. Polled at the head of long stretches of code,
   * behind host calls and growth, and between the chunks of bulk operations. Never null. */
  const volatile int* stop;
};

/*
 * Services of the host. None of these unwinds the guest's frames but `trap`, which never returns.
 * The instance that they act for is the engine's current one: guests run one at a time in a thread.
 */
struct checker_runtime {
  /* `fuel` is what is left of the slice. */
  void (*trap)(int code, int64_t fuel) __attribute__((noreturn));

  /* The slice is used up (`fuel` is negative, what was overdrawn), or the stop flag was seen
   * (`fuel` is what is left). What the next slice has comes out. A result below zero means that the
   * guest has to stop: the caller traps with *trap_code. */
  int64_t (*refuel)(int64_t fuel, int* trap_code);

  /* Calls host function number `function` (engine/abi.def). `slots` holds the arguments, one to a
   * slot, and takes the results from slot 0 on; it has at least max(params, results, 1) slots. i32
   * and f32 lie in the low half, zero extended. *fuel is what is left of the slice, before and
   * after. A result other than 0 means that the guest has to stop: the caller traps with it. */
  int (*call)(uint32_t function, uint64_t* slots, int64_t* fuel);

  /* Memory and tables belong to the host, which frees them with the instance. The allocations
   * return 0, or the code to trap with. Growing returns the old size, or UINT32_MAX; what is new is
   * zero, or null. */
  int (*allocate_memory)(wasm_rt_memory_t*, uint32_t initial_pages, uint32_t max_pages);
  uint32_t (*grow_memory)(wasm_rt_memory_t*, uint32_t delta_pages);
  int (*allocate_funcref_table)(wasm_rt_funcref_table_t*, uint32_t elements, uint32_t max_elements);
  uint32_t (*grow_funcref_table)(wasm_rt_funcref_table_t*, uint32_t delta);
  int (*allocate_externref_table)(wasm_rt_externref_table_t*, uint32_t elements,
                                  uint32_t max_elements);
  uint32_t (*grow_externref_table)(wasm_rt_externref_table_t*, uint32_t delta);

  void* (*memcpy_)(void*, const void*, size_t);
  void* (*memmove_)(void*, const void*, size_t);
  void* (*memset_)(void*, int, size_t);
  int (*memcmp_)(const void*, const void*, size_t);

  float (*floorf_)(float);
  float (*ceilf_)(float);
  float (*truncf_)(float);
  float (*nearbyintf_)(float);
  double (*floor_)(double);
  double (*ceil_)(double);
  double (*trunc_)(double);
  double (*nearbyint_)(double);
};

/*
 * The exports that a host may call, by what they are for. A module has an export in a slot only if
 * both name and type fit; checker-compile refuses a `check`, `_start` or `_initialize` of a wrong
 * type and ignores an allocator of one.
 */
enum checker_export {
  CHECKER_EXPORT_CHECK,          /* check: [] -> [] or [] -> [i32] */
  CHECKER_EXPORT_START_FUNCTION, /* what the module's start section names: [] -> [] */
  CHECKER_EXPORT_START,          /* _start: [] -> [], a WASI command */
  CHECKER_EXPORT_INITIALIZE,     /* _initialize: [] -> [], runs first */
  CHECKER_EXPORT_ALLOC,          /* checker_alloc: [size i32, align i32] -> [i32] */
  CHECKER_EXPORT_REALLOC,        /* cabi_realloc: [old, old_size, align, new_size: i32] -> [i32] */
  CHECKER_EXPORT_MALLOC,         /* malloc: [size i32] -> [i32] */
  CHECKER_EXPORT_COUNT
};

enum checker_module_flags {
  CHECKER_MODULE_CHECK_RETURNS = 1, /* check returns an i32 */
  CHECKER_MODULE_ONLY_OUTCOMES = 2  /* imports nothing of module `checker` but fail, succeed, ok */
};

typedef void (*checker_call)(void* instance, uint64_t* slots);

/*
 * What an interpreter has beside a guest: the imports that only the host's part made for it
 * answers, and all its exported functions. Names are of letters, digits, '_', '.' only.
 */
struct checker_named_export {
  const char* name;
  checker_call call;
};

struct checker_interpreter {
  /* Import i is host function CHECKER_INTERPRETER_IMPORTS + i to checker_runtime.call. */
  uint32_t import_count;
  const char* const* imports; /* "env.host_call" */
  /* In the order of their names. An import "env.invoke_<types>" of Emscripten's stands here as
   * "invoke_<types>" too: it calls element slots[0] of the table with the other slots. */
  uint32_t export_count;
  const struct checker_named_export* exports;
  wasm_rt_funcref_table_t* (*table)(void* instance); /* the only table */
};

#define CHECKER_INTERPRETER_IMPORTS 1024u

/* What the exported symbol `checker_module` is. */
struct checker_module {
  uint32_t artifact_version; /* CHECKER_ARTIFACT_VERSION */
  uint32_t flags;            /* enum checker_module_flags */
  uint64_t instance_bytes; /* size of an instance; its first member is struct checker_context; zero
                              it first */
  uint32_t memory_min_pages; /* 0 and 0 if the module has no memory */
  uint32_t memory_max_pages;
  void (*bind)(const struct checker_runtime*); /* once, after loading */
  void (*instantiate)(void* instance);         /* globals, memory, tables, segments; may trap */
  wasm_rt_memory_t* (*memory)(
      void* instance); /* the exported memory "memory"; the pointer is null without one */
  checker_call exports[CHECKER_EXPORT_COUNT];    /* null where the module has none */
  const struct checker_interpreter* interpreter; /* null in a guest */
};

#ifdef __cplusplus
}
#endif

#endif /* PG_CHECKER_ENGINE_GUEST_RUNTIME_H */
