/* replay.c - a fuzzer as an ordinary test: its corpus once through, told as TAP.
 * A violated property aborts, so a line that is missing is the finding. */
#include "fuzz.h"
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

static int is_shown(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    /* exactly as large as the input, so that a sanitizer sees one byte too far */
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size);
    int read = (data != NULL || size == 0) && fread(data, 1, size, f) == size;
    fclose(f);
    if (read)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return read;
}

static int replay_dir(const char *dir, int run, int *count)
{
    struct dirent **files;
    int n = scandir(dir, &files, is_shown, alphasort), failed = 0;
    if (n < 0) {
        fprintf(stderr, "cannot list %s\n", dir);
        exit(1);
    }
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        ++*count;
        snprintf(path, sizeof path, "%s/%s", dir, files[i]->d_name);
        if (run) {
            int good = replay(path);
            printf("%s %d - %s\n", good ? "ok" : "not ok", *count, files[i]->d_name);
            fflush(stdout);
            failed += !good;
        }
        free(files[i]);
    }
    free(files);
    return failed;
}

int main(int argc, char **argv)
{
    int count = 0, failed = 0;
    for (int i = 1; i < argc; i++)
        replay_dir(argv[i], 0, &count);
    printf("1..%d\n", count);
    count = 0;
    for (int i = 1; i < argc; i++)
        failed += replay_dir(argv[i], 1, &count);
    return failed > 0 || count == 0;
}
