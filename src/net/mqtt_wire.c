/* mqtt_wire.c - the stream below the MQTT client: TCP, or TLS over it (GnuTLS). */
#include "net/mqtt_client_int.h"
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPEN_MS 10000
#define RECEIVE_BUFFER (4 << 20) /* while a batch is committed, the kernel goes on receiving */

struct wire_trust {
    gnutls_certificate_credentials_t credentials;
};

enum code wire_trust_new(struct wire_trust **out, const char *ca_file, struct error *err)
{
    struct wire_trust *t = mem_zalloc(sizeof *t);
    int n = gnutls_certificate_allocate_credentials(&t->credentials);
    if (n >= 0)
        n = ca_file ? gnutls_certificate_set_x509_trust_file(t->credentials, ca_file,
                                                             GNUTLS_X509_FMT_PEM)
                    : gnutls_certificate_set_x509_system_trust(t->credentials);
    if (n < 0 || (ca_file && n == 0)) {
        wire_trust_free(t);
        return error_set(err, E_INPUT, "no trusted certificates from '%s': %s",
                         ca_file ? ca_file : "the system",
                         n < 0 ? gnutls_strerror(n) : "none in it");
    }
    *out = t;
    return OK;
}

void wire_trust_free(struct wire_trust *t)
{
    if (!t)
        return;
    if (t->credentials)
        gnutls_certificate_free_credentials(t->credentials);
    mem_free(t);
}

/* Until fd is ready for `events`. fails  E_IO too long, E_BUSY woken */
static enum code wait_for(int fd, short events, int wake, int64_t until_ms, struct error *err)
{
    struct pollfd p[2] = {{fd, events, 0}, {wake, POLLIN, 0}};
    int64_t left = until_ms - mqtt_clock_ms();
    int n = left > 0 ? poll(p, 2, (int)left) : 0;
    if (p[1].revents)
        return error_set(err, E_BUSY, "it was to stop");
    if (n == 0)
        return error_set(err, E_IO, "no answer within %d s", OPEN_MS / 1000);
    return OK;
}

static enum code connect_one(struct wire *w, const struct addrinfo *a, int wake, int64_t until_ms,
                             struct error *err)
{
    int one = 1, size = RECEIVE_BUFFER, failed = 0;
    socklen_t len = sizeof failed;
    w->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w->fd < 0)
        return error_set(err, E_IO, "%s", strerror(errno));
    setsockopt(w->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(w->fd, a->ai_addr, a->ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            return error_set(err, E_IO, "%s", strerror(errno));
        TRY(wait_for(w->fd, POLLOUT, wake, until_ms, err));
        if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0 || failed)
            return error_set(err, E_IO, "%s", strerror(failed ? failed : errno));
    }
    return OK;
}

static enum code handshake(struct wire *w, const char *host, const struct wire_trust *trust,
                           int wake, int64_t until_ms, struct error *err)
{
    gnutls_session_t s;
    unsigned char address[16];
    bool is_address =
        inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
    if (gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK) < 0)
        return error_set(err, E_BACKEND, "TLS cannot be started");
    w->tls = s;
    gnutls_set_default_priority(s);
    gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, trust->credentials);
    if (!is_address) /* an address is no server name (RFC 6066, 3) */
        gnutls_server_name_set(s, GNUTLS_NAME_DNS, host, strlen(host));
    gnutls_session_set_verify_cert(s, host, 0);
    gnutls_transport_set_int(s, w->fd);
    int rc;
    while ((rc = gnutls_handshake(s)) < 0 && !gnutls_error_is_fatal(rc))
        TRY(wait_for(w->fd, gnutls_record_get_direction(s) ? POLLOUT : POLLIN, wake, until_ms,
                     err));
    if (rc == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR) {
        gnutls_datum_t why = {0};
        gnutls_certificate_verification_status_print(gnutls_session_get_verify_cert_status(s),
                                                     GNUTLS_CRT_X509, &why, 0);
        error_set(err, E_IO, "TLS: %s",
                  why.data ? (const char *)why.data : "the certificate is not trusted");
        gnutls_free(why.data);
        return E_IO;
    }
    return rc < 0 ? error_set(err, E_IO, "TLS: %s", gnutls_strerror(rc)) : OK;
}

enum code wire_open(struct wire *w, const char *host, uint16_t port, const struct wire_trust *trust,
                    int wake, struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char service[8];
    int64_t until_ms = mqtt_clock_ms() + OPEN_MS;
    struct error last = {0};
    enum code code = E_IO;
    *w = (struct wire){.fd = -1};
    snprintf(service, sizeof service, "%u", port);
    int rc = getaddrinfo(host, service, &hints, &list);
    if (rc != 0)
        return error_set(err, E_IO, "'%s' is not known: %s", host, gai_strerror(rc));
    for (struct addrinfo *a = list; a && code == E_IO; a = a->ai_next) {
        wire_close(w);
        last = (struct error){0};
        code = connect_one(w, a, wake, until_ms, &last);
    }
    freeaddrinfo(list);
    if (code == OK && trust)
        code = handshake(w, host, trust, wake, until_ms, &last);
    if (code == OK)
        return OK;
    wire_close(w);
    return error_set(err, code, "%s", last.text);
}

enum code wire_read(struct wire *w, char *to, size_t room, size_t *got, struct error *err)
{
    *got = 0;
    if (w->tls) {
        ssize_t n = gnutls_record_recv(w->tls, to, room);
        if (n > 0)
            *got = (size_t)n;
        else if (n == 0)
            return error_set(err, E_IO, "the broker closed the connection");
        else if (gnutls_error_is_fatal((int)n))
            return error_set(err, E_IO, "TLS: %s", gnutls_strerror((int)n));
        return OK;
    }
    ssize_t n = recv(w->fd, to, room, 0);
    if (n == 0)
        return error_set(err, E_IO, "the broker closed the connection");
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return error_set(err, E_IO, "%s", strerror(errno));
    *got = n > 0 ? (size_t)n : 0;
    return OK;
}

enum code wire_write(struct wire *w, struct str bytes, size_t *sent, struct error *err)
{
    *sent = 0;
    if (w->tls) {
        ssize_t n = gnutls_record_send(w->tls, bytes.ptr, bytes.len);
        if (n < 0 && gnutls_error_is_fatal((int)n))
            return error_set(err, E_IO, "TLS: %s", gnutls_strerror((int)n));
        *sent = n > 0 ? (size_t)n : 0;
        return OK;
    }
    ssize_t n = send(w->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return error_set(err, E_IO, "%s", strerror(errno));
    *sent = n > 0 ? (size_t)n : 0;
    return OK;
}

bool wire_waiting(const struct wire *w)
{
    return w->tls && gnutls_record_check_pending(w->tls) > 0;
}

void wire_close(struct wire *w)
{
    if (w->tls) {
        gnutls_bye(w->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(w->tls);
    }
    if (w->fd >= 0)
        close(w->fd);
    *w = (struct wire){.fd = -1};
}
