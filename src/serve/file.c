/* file.c - a file of the command line, whole, or a refusal that says what to do. */
#include "serve/serve_int.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum code file_read(const char *path, struct arena *a, struct str *out, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return error_set(err, errno == ENOENT ? E_MISSING : E_IO, "cannot read '%s': %s", path,
                         strerror(errno));
    }
    size_t size = st.st_size > 0 ? (size_t)st.st_size : 0, len = 0;
    enum code code = OK;
    if (S_ISDIR(st.st_mode))
        code =
            error_set(err, E_INPUT, "'%s' is a folder; name the files in it, for instance %s/*.csv",
                      path, path);
    else if (!S_ISREG(st.st_mode))
        code = error_set(err, E_INPUT, "'%s' is no regular file", path);
    else if (size > IMPORT_FILE_MAX)
        code = error_set(err, E_LIMIT, "'%s' has %zu bytes; %u is the limit", path, size,
                         IMPORT_FILE_MAX);
    char *bytes = code == OK ? arena_alloc(a, size + 1) : NULL;
    for (ssize_t n = 1; code == OK && len < size && n > 0; len += n > 0 ? (size_t)n : 0)
        if ((n = read(fd, bytes + len, size - len)) < 0)
            code = error_set(err, E_IO, "cannot read '%s': %s", path, strerror(errno));
    close(fd);
    *out = (struct str){bytes, len};
    return code;
}
