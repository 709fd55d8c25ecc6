/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CSQLITE_H
#define VIGIL_CSQLITE_H
#include <sqlite3.h>
/* SQLITE_TRANSIENT is a cast macro, which Swift does not import. */
static inline sqlite3_destructor_type vigil_sqlite_transient(void) { return SQLITE_TRANSIENT; }
#endif
