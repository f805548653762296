/* manifest.c - which files count. One JSON file, replaced as a whole; what it does not name was
 * never finished. */
#include "readings_int.h"
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "manifest.json"

enum code readings_sync_dir(int dir, struct error *err)
{
    return fsync(dir) == 0
               ? OK
               : error_set(err, E_IO, "cannot make a folder durable: %s", strerror(errno));
}

static void put_list(struct buf *b, const char *key, const u32_vec *v)
{
    buf_fmt(b, "\"%s\":[", key);
    for (size_t i = 0; i < v->len; i++)
        buf_fmt(b, "%s%u", i ? "," : "", v->v[i]);
    buf_z(b, "]");
}

static enum code write_file(int dir, const char *name, struct str text, struct error *err)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    int e = errno;
    if (fd >= 0)
        close(fd);
    return ok ? OK : error_set(err, E_IO, "cannot write '%s': %s", name, strerror(e));
}

enum code manifest_save(const struct manifest *m, int dir, struct error *err)
{
    struct buf b;
    buf_init(&b, SIZE_MAX);
    buf_fmt(&b,
            "{\"format\":1,\"packed\":%u,\"sequence\":%llu,\"next_file\":%u,\"state\":%u,\"first_"
            "ms\":%lld,"
            "\"last_ms\":%lld,\"kept_from_ms\":%lld,\"late\":%llu,\"revised\":%llu,\"same\":%llu,",
            m->packed, (unsigned long long)m->sequence, m->next_file, m->state,
            (long long)m->first_ms, (long long)m->last_ms, (long long)m->kept_from_ms,
            (unsigned long long)m->late, (unsigned long long)m->revised,
            (unsigned long long)m->same);
    put_list(&b, "blocks", &m->blocks);
    buf_byte(&b, ',');
    put_list(&b, "windows", &m->windows);
    buf_z(&b, "}\n");
    enum code code = write_file(dir, NAME ".part", buf_str(&b), err);
    buf_clear(&b);
    if (code == OK && renameat(dir, NAME ".part", dir, NAME) != 0)
        code = error_set(err, E_IO, "cannot write '" NAME "': %s", strerror(errno));
    return code == OK ? readings_sync_dir(dir, err) : code;
}

static int64_t int_of(struct json_object *o, const char *key)
{
    return json_object_get_int64(json_object_object_get(o, key));
}

static void get_list(struct json_object *o, const char *key, u32_vec *out)
{
    struct json_object *list = json_object_object_get(o, key);
    size_t n =
        list && json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++)
        vec_push(out, (uint32_t)json_object_get_int64(json_object_array_get_idx(list, i)));
}

static void take(struct manifest *m, struct json_object *o)
{
    m->packed = (uint32_t)int_of(o, "packed");
    m->sequence = (uint64_t)int_of(o, "sequence");
    m->next_file = (uint32_t)int_of(o, "next_file");
    m->state = (uint32_t)int_of(o, "state");
    m->first_ms = int_of(o, "first_ms");
    m->last_ms = int_of(o, "last_ms");
    m->kept_from_ms = int_of(o, "kept_from_ms");
    m->late = (uint64_t)int_of(o, "late");
    m->revised = (uint64_t)int_of(o, "revised");
    m->same = (uint64_t)int_of(o, "same");
    get_list(o, "blocks", &m->blocks);
    get_list(o, "windows", &m->windows);
}

enum code manifest_load(struct manifest *m, int dir, struct error *err)
{
    struct stat st;
    struct json_object *o;
    *m = (struct manifest){.next_file = 1, .first_ms = INT64_MAX, .last_ms = INT64_MIN};
    int fd = openat(dir, NAME, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        return error_set(err, E_IO, "cannot read '" NAME "': %s", strerror(errno));
    char *text = mem_alloc((size_t)st.st_size + 1);
    ssize_t n = read(fd, text, (size_t)st.st_size);
    close(fd);
    enum code code = n < 0 ? error_set(err, E_IO, "cannot read '" NAME "': %s", strerror(errno))
                           : json_parse((struct str){text, (size_t)n}, &o, err);
    if (n >= 0 && code != OK) {
        struct error why = *err;
        error_clear(err);
        code = error_set(err, E_INPUT, "'" NAME "' of the readings is damaged: %s", why.text);
    }
    if (code == OK) {
        if (int_of(o, "format") == 1)
            take(m, o);
        else
            code = error_set(err, E_CONFLICT,
                             "the readings are of a newer format than this program's");
        json_object_put(o);
    }
    mem_free(text);
    return code;
}

void manifest_clear(struct manifest *m)
{
    vec_clear(&m->blocks);
    vec_clear(&m->windows);
}
