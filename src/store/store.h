/* store.h - registry and history together. */
#ifndef LUOSHU_STORE_H
#define LUOSHU_STORE_H
#include "store/history.h"
#include "store/registry.h"

/* Settles what a crash left open, oldest first: a batch that the history has is marked done;
 * one that it has not is taken out of the registry. To be called after opening
 * both, before registry_load.
 * fails  E_BUG the history holds some facts of a batch but not all: nothing is changed */
MUST_CHECK enum code store_settle(struct registry *g, struct history *h, struct error *err);
#endif
