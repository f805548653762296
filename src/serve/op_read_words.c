/* op_read_words.c - the words for reading: the catalogue's, and the names that a workspace knows.
 */
#include "serve/read.h"
#include "serve/serve_int.h"
#include <unistd.h>

static enum code word_file(const struct read_words *r, const char *name, struct str *out,
                           struct error *err)
{
    struct str dir = r->catalog;
    struct buf path;
    if (dir.len) {
        buf_init(&path, 4096);
        buf_fmt(&path, "%.*s/extract/%s", STR_ARG(dir), name);
        char *z = arena_z(r->arena, buf_str(&path));
        buf_clear(&path);
        return file_read(z, r->arena, out, err);
    }
    buf_init(&path, 256);
    buf_fmt(&path, "extract/%s", name);
    char *z = arena_z(r->arena, buf_str(&path));
    buf_clear(&path);
    return embedded_file(z, out) ? OK : error_set(err, E_BUG, "no catalogue file '%s'", z);
}

#define OWN_FILES 5
/* Words of one's own, beside the catalogue's: those files of `dir` that there are. */
static enum code own_words(const struct read_words *r, struct str dir, struct extract_files *out,
                           struct error *err)
{
    static const char *const names[OWN_FILES] = {"words.csv", "units.csv", "noise.csv",
                                                 "characters.csv", "indicators.csv"};
    struct str *const to[OWN_FILES] = {&out->words, &out->units, &out->noise, &out->characters,
                                       &out->indicators};
    size_t found = 0;
    out->place = arena_z(r->arena, dir);
    for (size_t i = 0; i < OWN_FILES; i++) {
        char *path = arena_z(r->arena, arena_fmt(r->arena, "%s/%s", out->place, names[i]));
        if (access(path, F_OK) != 0)
            continue;
        found++;
        TRY(file_read(path, r->arena, to[i], err));
    }
    return found > 0 ? OK
                     : error_set(err, E_MISSING,
                                 "no words in '%s': none of words.csv, units.csv, noise.csv, "
                                 "characters.csv, indicators.csv is there",
                                 out->place);
}

/* DIR/words of a workspace, where it has one, and then --words. */
static enum code more_words(const struct read_words *r, struct extract_files more[2],
                            const struct extract_files **first, struct error *err)
{
    struct str ws = r->workspace, dir = r->words;
    const struct extract_files **link = first;
    if (ws.len) {
        struct str own = arena_fmt(r->arena, "%.*s/words", STR_ARG(ws));
        if (access(arena_z(r->arena, own), F_OK) == 0) {
            TRY(own_words(r, own, &more[0], err));
            *link = &more[0];
            link = &more[0].more;
        }
    }
    if (dir.len) {
        TRY(own_words(r, dir, &more[1], err));
        *link = &more[1];
    }
    return OK;
}

static void entity_line(struct buf *b, struct str name, struct str type, struct str parent,
                        struct str aliases)
{
    const struct str row[] = {name, type, parent, aliases};
    csv_put(b, row, 4);
}

/* Cities and provinces go by their short names: 洛阳 for 洛阳市. Shorter levels would be ambiguous.
 */
static struct str short_name(struct str name, struct str type)
{
    static const char *const endings[] = {"市", "省"};
    for (size_t i = 0; i < 2 && (str_is(type, "city") || str_is(type, "province")); i++)
        if (str_ends(name, str_z(endings[i])) && name.len > 2 * strlen(endings[i]))
            return str_sub(name, 0, name.len - strlen(endings[i]));
    return STR("");
}

/* The entities of a workspace by name; those of tables and classifications are no subjects, and
 * what a reading made itself is known by its name's ending: else the order of documents would
 * matter. */
static void entities_of_model(const struct model *m, struct arena *a, struct buf *out)
{
    buf_z(out, "name,type,parent,aliases\n");
    for (size_t i = 0; i < m->entities.len; i++) {
        const struct entity *e = &m->entities.v[i];
        size_t first = 0;
        if (e->scope.len || str_starts(e->type, STR("sector")) ||
            (e->provisional && !model_alias(m, e->id, &first).ptr))
            continue;
        uint32_t parent = model_parent(m, e->id, DAY_MAX);
        struct buf aliases;
        struct str alias;
        buf_init(&aliases, 1 << 16);
        buf_add(&aliases, short_name(e->name, e->type));
        for (size_t it = 0; (alias = model_alias(m, e->id, &it)).ptr;)
            buf_fmt(&aliases, "%s%.*s", aliases.len ? ";" : "", STR_ARG(alias));
        entity_line(out, e->name, e->type, parent ? model_entity(m, parent)->name : STR(""),
                    arena_dup(a, buf_str(&aliases)));
        buf_clear(&aliases);
    }
}

/* Without a workspace: the divisions of the catalogue. */
static enum code entities_of_catalogue(struct arena *a, struct buf *out, struct error *err)
{
    struct str bytes;
    struct csv *c = mem_zalloc(sizeof *c);
    struct map names;
    VEC(struct str) kept = {0};
    bool more = true;
    enum code code = embedded_file("divisions/gbt2260.csv", &bytes)
                         ? OK
                         : error_set(err, E_BUG, "no catalogue of divisions");
    map_init(&names);
    csv_open(c, bytes, a);
    buf_z(out, "name,type,parent,aliases\n");
    while (code == OK && (code = csv_next(c, &more, err)) == OK && more) {
        uint64_t at;
        struct str parent = STR("");
        if (c->count < 4)
            continue;
        if (map_get(&names, c->field[3].text, &at))
            parent = kept.v[at];
        map_put(&names, c->field[0].text, kept.len);
        vec_push(&kept, arena_dup(a, c->field[1].text));
        if (!str_is(c->field[0].text, "code"))
            entity_line(out, c->field[1].text, c->field[2].text, parent,
                        short_name(c->field[1].text, c->field[2].text));
    }
    vec_clear(&kept);
    map_clear(&names);
    mem_free(c);
    return code;
}

/* Indicators with every name that they were taught. */
static void indicators_of_model(const struct model *m, struct arena *a, struct buf *out)
{
    buf_z(out, "name,unit,aliases\n");
    for (size_t i = 0; i < m->indicators.len; i++) {
        const struct indicator *n = &m->indicators.v[i];
        struct buf aliases;
        struct str alias;
        size_t first = 0;
        if (n->provisional && !model_indicator_alias(m, n->id, &first).ptr)
            continue;
        buf_init(&aliases, 1 << 16);
        for (size_t it = 0; (alias = model_indicator_alias(m, n->id, &it)).ptr;)
            buf_fmt(&aliases, "%s%.*s", aliases.len ? ";" : "", STR_ARG(alias));
        const struct str row[] = {n->name, model_unit(m, n->unit)->symbol,
                                  arena_dup(a, buf_str(&aliases))};
        csv_put(out, row, 3);
        buf_clear(&aliases);
    }
}

enum code read_words_open(void *ctx, const struct model *m, struct extract_words **out,
                          struct error *err)
{
    const struct read_words *r = ctx;
    struct extract_files f = {.place = "extract"}, more[2];
    struct buf entities, indicators;
    enum code c = OK;
    memset(more, 0, sizeof more);
    TRY(more_words(r, more, &f.more, err));
    TRY(word_file(r, "words.csv", &f.words, err));
    TRY(word_file(r, "units.csv", &f.units, err));
    TRY(word_file(r, "noise.csv", &f.noise, err));
    TRY(word_file(r, "characters.csv", &f.characters, err));
    (void)embedded_file("indicators.csv", &f.indicators);
    buf_init(&entities, 64u << 20);
    buf_init(&indicators, 64u << 20);
    if (m) {
        entities_of_model(m, r->arena, &entities);
        indicators_of_model(m, r->arena, &indicators);
        f.indicators = buf_str(&indicators);
    } else
        c = entities_of_catalogue(r->arena, &entities, err);
    f.entities = buf_str(&entities);
    if (c == OK)
        c = extract_words_open(&f, out, err);
    buf_clear(&indicators);
    buf_clear(&entities);
    return c;
}
