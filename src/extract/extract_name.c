/* extract_name.c - how a name is made of the words around a figure, and spelt as the catalogue
 * does. */
#include "extract_int.h"

/* Spelling: quotes and 全市 go, full forms are shortened. */
struct str clean_name(struct reader *r, struct str s)
{
    char *out = arena_alloc(&r->scratch, s.len * 2 + 1);
    size_t n = 0, max = s.len * 2;
    for (size_t i = 0; i < s.len;) {
        const struct word *word = NULL;
        size_t k = may_at(r->w, s, i, MAY_SHORT) ? word_at(r->w, s, i, BIT(W_SHORT), &word) : 0;
        struct str put = k > 0 ? word->spelling : cut(s, i, i + u8_len(s.ptr[i]));
        i += k > 0 ? k : u8_len(s.ptr[i]);
        if (put.len == 1 && put.ptr[0] == ' ')
            continue;
        if (put.len > 0 && n + put.len <= max) {
            memcpy(out + n, put.ptr, put.len);
            n += put.len;
        }
    }
    return (struct str){out, n};
}

/* The catalogue's name of the same thing, or the name itself; *unit is set when it is known. */
struct str canonical(struct reader *r, struct str name, const char **unit)
{
    struct str key = {arena_alloc(&r->scratch, name.len + 1), 0};
    for (size_t i = 0; i < name.len; i += u8_len(name.ptr[i])) {
        if (at_z(name, i, "的"))
            continue;
        memcpy((char *)key.ptr + key.len, name.ptr + i, u8_len(name.ptr[i]));
        key.len += u8_len(name.ptr[i]);
    }
    uint64_t index;
    if (!map_get(&r->w->indicator_names, key, &index))
        return name;
    const struct indicator_row *row = &r->w->indicators.v[index];
    if (unit != NULL)
        *unit = row->unit.len > 0 ? row->unit.ptr : NULL;
    return row->name;
}
