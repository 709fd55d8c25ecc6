/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CYAML_H
#define VIGIL_CYAML_H
#include <yaml.h>
#endif
