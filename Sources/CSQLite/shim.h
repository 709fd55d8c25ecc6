/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CSQLITE_H
#define VIGIL_CSQLITE_H
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
/* SQLITE_TRANSIENT is a cast macro, which Swift does not import. */
static inline sqlite3_destructor_type vigil_sqlite_transient(void) { return SQLITE_TRANSIENT; }
/* sqlite3_db_config is variadic, which Swift does not import either. */
static inline int vigil_sqlite_leave_log(sqlite3 *database, int leave) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave, (int *)0);
}
/* One word of a write-ahead log, whose header says in which order the octets are to be taken. */
static inline uint32_t vigil_log_word(const unsigned char *at, int big) {
  return big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
             : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}
/* The checksum of a write-ahead log goes on (https://sqlite.org/fileformat2.html#checksum_algorithm). */
static inline void vigil_log_checksum(const unsigned char *octets, size_t count, int big, uint32_t sums[2]) {
  for (size_t at = 0; at + 8 <= count; at += 8) {
    sums[0] += vigil_log_word(octets + at, big) + sums[1];
    sums[1] += vigil_log_word(octets + at + 4, big) + sums[0];
  }
}
#endif
