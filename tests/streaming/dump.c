/*
 * Reads every dataset named in the parameter "read" to its end, a batch of each in turn, and writes
 * to stdout what it was given: schemas as text, buffers in hexadecimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker_abi.h"

#define READERS_AT_MOST 8

static void Hex(const void* from, size_t bytes) {
  const unsigned char* at = from;
  for (size_t i = 0; i < bytes; i++) printf("%02x", at[i]);
}

/* The bytes of a fixed-width value; 0 for bits, -1 for offsets and bytes. */
static int Width(const char* format) {
  if (!strcmp(format, "b")) return 0;
  if (!strcmp(format, "s")) return 2;
  if (!strcmp(format, "i") || !strcmp(format, "f") || !strcmp(format, "tdD")) return 4;
  if (!strcmp(format, "l") || !strcmp(format, "g") || !strncmp(format, "tsu:", 4)) return 8;
  if (!strcmp(format, "tin") || !strncmp(format, "d:", 2) || !strcmp(format, "w:16")) return 16;
  return -1;
}

static void DumpSchema(int number, const struct ArrowSchema* schema) {
  printf("schema %d %s %" PRId64 " %d\n", number, schema->format, schema->n_children,
         schema->release == NULL && schema->dictionary == NULL && schema->metadata == NULL);
  for (int64_t i = 0; i < schema->n_children; i++) {
    const struct ArrowSchema* child = schema->children[i];
    printf("column %d %s %" PRId64 " ", number, child->format, child->flags);
    Hex(child->name, strlen(child->name));
    printf("\n");
  }
}

static void DumpColumn(const struct ArrowArray* array, const char* format) {
  const size_t bits = (size_t)(array->length + 7) / 8;
  printf("array %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " ", array->length, array->null_count,
         array->offset, array->n_buffers);
  if (array->buffers[0] == NULL) {
    printf("-");
  } else {
    Hex(array->buffers[0], bits);
  }
  printf(" ");
  const int width = Width(format);
  if (width >= 0) {
    Hex(array->buffers[1], width == 0 ? bits : (size_t)array->length * width);
  } else {
    const int32_t* offsets = array->buffers[1];
    Hex(offsets, (array->length + 1) * sizeof *offsets);
    printf(" ");
    Hex(array->buffers[2], offsets[array->length]);
  }
  printf("\n");
}

CHECKER_EXPORT(check) void Check(void) {
  struct checker_text names = {0};
  if (!checker_param_get("read", 4, &names)) {
    checker_fail("no parameter", 12);
    return;
  }
  /* A JSON text such as "a b": names without anything to escape. */
  char list[256] = {0};
  if (names.length < sizeof list + 2) memcpy(list, names.data + 1, names.length - 2);
  int handles[READERS_AT_MOST];
  struct ArrowSchema schemas[READERS_AT_MOST];
  int readers = 0;
  for (char* name = strtok(list, " "); name && readers < READERS_AT_MOST;
       name = strtok(NULL, " ")) {
    handles[readers] = checker_dataset_open(name, strlen(name));
    checker_dataset_schema(handles[readers], &schemas[readers]);
    DumpSchema(readers, &schemas[readers]);
    readers++;
  }
  for (int open = readers; open > 0;) {
    for (int i = 0; i < readers; i++) {
      if (handles[i] == 0) continue;
      struct ArrowArray batch;
      const uint32_t rows = checker_dataset_next(handles[i], &batch);
      printf("batch %d %" PRIu32 "\n", i, rows);
      if (rows == 0) {
        checker_dataset_close(handles[i]);
        handles[i] = 0;
        open--;
        continue;
      }
      for (int64_t column = 0; column < batch.n_children; column++)
        DumpColumn(batch.children[column], schemas[i].children[column]->format);
    }
  }
  checker_succeed("read", 4);
}
