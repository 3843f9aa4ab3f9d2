// The host functions that the examples call, by the names of the guest ABI, version 1. Texts are
// UTF-8 with a length.
#pragma once

#define CHECKER_IMPORT(name) __attribute__((import_module("checker"), import_name(#name)))
#define CHECKER_ENTRY(name) __attribute__((export_name(#name)))

// A literal as the two arguments that a host function takes for a text.
#define TEXT(literal) (literal), (int)(sizeof(literal) - 1)

typedef struct {
  const char* data;
  int length;
} Rows;

CHECKER_IMPORT(fail) void Fail(const char* message, int length);
CHECKER_IMPORT(succeed) void Succeed(const char* message, int length);
// Writes where the rows of a dataset are, as CSV with a header line.
CHECKER_IMPORT(dataset_csv) void DatasetCsv(const char* name, int length, Rows* rows);
