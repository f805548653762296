/* ledger_int.h - what ledger.c, facts.c and put.c share. */
#ifndef LUOSHU_LEDGER_INT_H
#define LUOSHU_LEDGER_INT_H
#include "ledger/ledger.h"
#include "store/history.h"
#include "store/registry.h"
#include "store/store.h"
#include <stdlib.h>

/* Chains through the facts, by key, by entity and by source, as ids; 0 ends a chain. The way back
 * lets an undo pop the newest, the way on lets a reader go in order of recording. */
struct fact_links {
    uint64_t key_before, entity_before, source_before;
    uint64_t entity_next, source_next;
};
struct chain_ends {
    uint64_t first, last;
};

struct ledger {
    struct model *model;
    struct rollup *rollup;
    struct registry *registry;
    struct history history;
    struct arena text;
    VEC(struct fact) facts; /* element i has id i + 1 */
    VEC(struct fact_links) links;
    VEC(struct trace) traces;
    VEC(uint64_t) trace_next;         /* trace -> the one before of its fact, index + 1 */
    VEC(uint64_t) trace_head;         /* fact id - 1 -> index + 1 */
    VEC(struct chain_ends) of_entity; /* entity id - 1 -> its facts */
    VEC(struct chain_ends) of_source;
    struct map by_key;   /* entity, series, period -> newest fact id */
    struct map by_trace; /* source, span, row -> trace index + 1: a place is kept once */
    bool in_transaction;
    bool broken; /* an append failed: what the history has is not known until it is opened again */
    char *dir;
    struct batch_row batch;
    struct ledger_counts counts;
    size_t mark_facts, mark_traces;
    uint32_t last_batch;
};

void fact_index(struct ledger *l, struct fact f);
void trace_index(struct ledger *l, const struct trace *t); /* text copied */
bool trace_known(struct ledger *l, uint64_t fact, const struct trace *t);
void facts_truncate(struct ledger *l, size_t facts, size_t traces);
#endif
