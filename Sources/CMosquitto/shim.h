/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIL_CMOSQUITTO_H
#define VIGIL_CMOSQUITTO_H
#include <mosquitto.h>
#include <mqtt_protocol.h>
#endif
