// The module: what PostgreSQL calls when it loads the library.
#include "postgres/server.hpp"
#include "postgres/settings.hpp"

extern "C" {

PG_MODULE_MAGIC;

void _PG_init(void);

void _PG_init(void) { pg_checker::postgres::DefineSettings(); }
}
