/* base.h - everything of module base. */
#ifndef LUOSHU_BASE_H
#define LUOSHU_BASE_H
#include "calendar.h"
#include "crc.h"
#include "csv.h"
#include "decimal.h"
#include "error.h"
#include "json.h"
#include "log.h"
#include "str.h"
#include "vec.h"
#endif
