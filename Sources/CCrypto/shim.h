/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CCRYPTO_H
#define VIGIL_CCRYPTO_H
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#endif
