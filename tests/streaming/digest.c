/*
 * Reads dataset "rows" to its end and tells how many rows and batches there were, the longest batch
 * in rows and in bytes, the pages of memory, and an FNV-1a hash of all bytes of its first column.
 * Small and without an allocator, so that what is measured is the host's.
 */
#include "checker_abi.h"

static char report[256];
static size_t report_length;

static void Text(const char* text) {
  while (*text) report[report_length++] = *text++;
}

static void Number(uint64_t number) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) report[report_length++] = digits[--count];
  report[report_length++] = ' ';
}

static uint64_t Hash(uint64_t hash, const unsigned char* bytes, size_t length) {
  for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 1099511628211ull;
  return hash;
}

CHECKER_EXPORT(check) void Check(void) {
  const int32_t handle = checker_dataset_open("rows", 4);
  struct ArrowSchema schema;
  checker_dataset_schema(handle, &schema);
  const char format = schema.n_children > 0 ? schema.children[0]->format[0] : '-';
  uint64_t rows = 0, batches = 0, longest = 0, largest = 0, hash = 14695981039346656037ull;
  struct ArrowArray batch;
  for (uint32_t count; (count = checker_dataset_next(handle, &batch)) > 0;) {
    rows += count;
    batches++;
    if (count > longest) longest = count;
    uint64_t bytes = 0;
    if (format == 'u' || format == 'z') {
      const int32_t* offsets = batch.children[0]->buffers[1];
      bytes = offsets[count];
      hash = Hash(hash, batch.children[0]->buffers[2], bytes);
    } else if (format == 'l') {
      bytes = count * 8ull;
      hash = Hash(hash, batch.children[0]->buffers[1], bytes);
    }
    if (bytes > largest) largest = bytes;
  }
  checker_dataset_close(handle);
  Text("rows ");
  Number(rows);
  Text("batches ");
  Number(batches);
  Text("longest ");
  Number(longest);
  Text("largest ");
  Number(largest);
  Text("pages ");
  Number(__builtin_wasm_memory_size(0));
  Text("hash ");
  Number(hash);
  checker_succeed(report, report_length);
}
