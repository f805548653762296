/* fleet_link.c - what the fleet's own connections share: which transport an address means, and
 * bytes over TCP. */
#include "field/fleet.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define WRITE_S 10

const struct fleet_transport *fleet_transport_of(const char *url)
{
    static const struct fleet_transport *const all[] = {&fleet_influx, &fleet_hj212,
                                                        &fleet_sparkplug};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strncmp(url, all[i]->scheme, strlen(all[i]->scheme)) == 0)
            return all[i];
    return NULL;
}

static enum code split(struct str address, char host[256], char port[8], struct error *err)
{
    size_t colon = address.len;
    while (address.len && address.ptr[address.len - 1] == '/')
        address.len--;
    for (size_t i = 0; i < address.len; i++)
        if (address.ptr[i] == ':')
            colon = i;
    bool brackets =
        colon < address.len && colon > 2 && address.ptr[0] == '[' && address.ptr[colon - 1] == ']';
    struct str h = str_sub(address, brackets, colon - 2 * (size_t)brackets);
    bool number = colon + 1 < address.len && address.len - colon <= 6;
    for (size_t i = colon + 1; number && i < address.len; i++)
        number = address.ptr[i] >= '0' && address.ptr[i] <= '9';
    if (!number || h.len == 0 || h.len > 255 || h.ptr[0] == '[')
        return error_set(err, E_INPUT, "'%.*s' is not HOST:PORT", STR_ARG(str_sub(address, 0, 80)));
    snprintf(host, 256, "%.*s", STR_ARG(h));
    snprintf(port, 8, "%.*s", (int)(address.len - colon - 1), address.ptr + colon + 1);
    return OK;
}

enum code fleet_dial(int *out, struct str address, struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    struct timeval wait = {.tv_sec = WRITE_S};
    char host[256], port[8];
    int fd = -1, why = 0, one = 1;
    TRY(split(address, host, port, err));
    int rc = getaddrinfo(host, port, &hints, &list);
    if (rc != 0)
        return error_set(err, E_IO, "'%s' is not known: %s", host, gai_strerror(rc));
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0)
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            break;
        why = errno;
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    if (fd < 0)
        return error_set(err, E_IO, "cannot reach %s:%s: %s", host, port, strerror(why));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    *out = fd;
    return OK;
}

enum code fleet_write(int fd, struct str bytes, struct error *err)
{
    while (bytes.len) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_set(err, E_IO, "%s", strerror(errno));
        bytes = str_sub(bytes, (size_t)n, bytes.len - (size_t)n);
    }
    return OK;
}

enum code fleet_read(int fd, int wait_ms, struct buf *in, size_t *got, struct error *err)
{
    char room[65536];
    struct pollfd p = {fd, POLLIN, 0};
    *got = 0;
    if (poll(&p, 1, wait_ms) <= 0)
        return OK;
    ssize_t n = recv(fd, room, sizeof room, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return OK;
    if (n <= 0)
        return error_set(err, E_IO, "the other end closed the connection%s%s", n ? ": " : "",
                         n ? strerror(errno) : "");
    buf_add(in, (struct str){room, (size_t)n});
    *got = (size_t)n;
    return OK;
}
