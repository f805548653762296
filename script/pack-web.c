/* pack-web.c - packs the built web bundle for embedding: pack-web DIST PACK C_FILE.
 *
 * The format stands in src/serve/web_pack.h. The C file includes the pack by .incbin. Both are
 * written only when they change, so that a build without news compiles nothing. A DIST that is not
 * there gives an empty pack. Standalone: the build runs it before anything else exists. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define FILES_MAX 4096
#define PATH_MAX_ 1024
#define GZIP_LEAST 512 /* bytes; smaller files gain nothing */

struct blob {
    unsigned char *ptr;
    size_t len;
};
struct file {
    char path[PATH_MAX_]; /* "/assets/x.js" */
    struct blob plain, gzip;
};
static struct file *files;
static size_t count;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "pack-web: %s '%s': %s\n", what, name, strerror(errno));
    exit(1);
}

static struct blob read_all(const char *name)
{
    FILE *f = fopen(name, "rb");
    struct blob b = {NULL, 0};
    struct stat st;
    if (!f)
        return b;
    if (fstat(fileno(f), &st) != 0 || !(b.ptr = malloc((size_t)st.st_size + 1)))
        fail("cannot read", name);
    b.len = fread(b.ptr, 1, (size_t)st.st_size, f);
    fclose(f);
    return b;
}

static struct blob gzip_of(struct blob in)
{
    z_stream z = {0};
    struct blob out = {NULL, 0};
    if (in.len < GZIP_LEAST ||
        deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return out;
    size_t room = deflateBound(&z, in.len) + 32;
    out.ptr = malloc(room);
    z.next_in = in.ptr;
    z.avail_in = (unsigned)in.len;
    z.next_out = out.ptr;
    z.avail_out = (unsigned)room;
    if (!out.ptr || deflate(&z, Z_FINISH) != Z_STREAM_END)
        fail("cannot compress", "a file");
    out.len = z.total_out;
    deflateEnd(&z);
    if (out.len + out.len / 10 >= in.len) /* pictures and fonts are packed already */
        out.len = 0;
    return out;
}

static void take(const char *root, const char *path)
{
    char name[2 * PATH_MAX_];
    struct file *f = &files[count];
    if (count == FILES_MAX || strlen(path) >= PATH_MAX_)
        fail("too many files or too long a name", path);
    snprintf(name, sizeof name, "%s%s", root, path);
    strcpy(f->path, path);
    f->plain = read_all(name);
    f->gzip = gzip_of(f->plain);
    count++;
}

static void walk(const char *root, const char *path)
{
    char name[2 * PATH_MAX_], child[2 * PATH_MAX_];
    struct stat st;
    snprintf(name, sizeof name, "%s%s", root, path);
    DIR *d = opendir(name);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(child, sizeof child, "%.1000s/%s", path, e->d_name);
        snprintf(name, sizeof name, "%.1000s%.1000s", root, child);
        if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
            walk(root, child);
        else if (S_ISREG(st.st_mode) && !strstr(child, ".map"))
            take(root, child);
    }
    closedir(d);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static void write_changed(const char *name, const char *text, size_t len)
{
    struct blob old = read_all(name);
    int same = old.ptr && old.len == len && memcmp(old.ptr, text, len) == 0;
    free(old.ptr);
    if (same)
        return;
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(text, 1, len, f) != len || fclose(f) != 0)
        fail("cannot write", name);
}

static unsigned long write_pack(const char *name)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    fputs("LUOSHU-WEB-1\n", f);
    for (size_t i = 0; i < count; i++)
        fprintf(f, "%s\t%zu\t%zu\n", files[i].path, files[i].plain.len, files[i].gzip.len);
    fputc('\n', f);
    for (size_t i = 0; i < count; i++) {
        fwrite(files[i].plain.ptr, 1, files[i].plain.len, f);
        if (files[i].gzip.len)
            fwrite(files[i].gzip.ptr, 1, files[i].gzip.len, f);
        free(files[i].plain.ptr);
        free(files[i].gzip.ptr);
    }
    fclose(f);
    unsigned long sum = crc32(0, (unsigned char *)text, (unsigned)len);
    write_changed(name, text, len);
    free(text);
    return sum;
}

/* The checksum makes the C file change with the pack, so that it is compiled again. */
static void write_c(const char *name, const char *pack, unsigned long sum)
{
    char text[4096], *full = realpath(pack, NULL);
    if (!full)
        fail("cannot find", pack);
    int len = snprintf(text, sizeof text,
                       "/* Made by script/pack-web.c; pack %08lx. */\n"
                       "#include \"serve/web_pack.h\"\n"
                       "__asm__(\".section .rodata\\n\"\n"
                       "        \".global web_pack\\n.global web_pack_end\\n.balign 16\\n\"\n"
                       "        \"web_pack:\\n.incbin \\\"%s\\\"\\nweb_pack_end:\\n.byte 0\\n\"\n"
                       "        \".previous\\n\");\n",
                       sum, full);
    free(full);
    write_changed(name, text, (size_t)len);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: pack-web DIST PACK C_FILE\n", stderr);
        return 2;
    }
    files = calloc(FILES_MAX, sizeof *files);
    if (!files)
        fail("no memory for", argv[1]);
    walk(argv[1], "");
    qsort(files, count, sizeof *files, by_path);
    write_c(argv[3], argv[2], write_pack(argv[2]));
    free(files);
    return 0;
}
