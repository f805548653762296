/* auth.c - tokens and rights of requests. Only the hash of a token is kept. */
#include "serve/serve_int.h"
#include "store/registry.h"
#include <sodium.h>

#define TOKEN_PREFIX "luoshu_"

bool auth_init(void)
{
    return sodium_init() >= 0;
}

void token_hash(struct str text, uint8_t hash[32])
{
    crypto_hash_sha256(hash, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
}

void token_make(char text[TOKEN_TEXT], uint8_t hash[32])
{
    uint8_t random[32];
    size_t prefix = sizeof TOKEN_PREFIX - 1;
    randombytes_buf(random, sizeof random);
    memcpy(text, TOKEN_PREFIX, prefix);
    sodium_bin2base64(text + prefix, TOKEN_TEXT - prefix, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
    token_hash(str_z(text), hash);
}

enum right auth_open(struct str open_reads, bool loopback)
{
    if (str_is(open_reads, "all") || (loopback && str_is(open_reads, "loopback")))
        return RIGHT_READ;
    return RIGHT_NONE;
}

enum right auth_token(struct ledger *l, struct str token, struct arena *a, struct str *label)
{
    uint8_t hash[32];
    struct error ignored = {0};
    struct str right, name;
    enum right out = RIGHT_NONE;
    if (!str_starts(token, STR(TOKEN_PREFIX)))
        return RIGHT_NONE;
    token_hash(token, hash);
    if (registry_token(ledger_registry(l), hash, a, label ? label : &name, &right, &ignored) != OK ||
        !right_from(right, &out))
        return RIGHT_NONE;
    return out;
}

struct str auth_basic_password(struct arena *a, struct str base64)
{
    struct str plain = {arena_alloc(a, base64.len + 1), 0}, password;
    if (sodium_base642bin((unsigned char *)(uintptr_t)plain.ptr, base64.len, base64.ptr, base64.len,
                          NULL, &plain.len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return STR("");
    (void)str_cut(plain, ':', &password);
    return password.ptr ? password : STR("");
}

void auth_who(struct ledger *l, struct str open_reads, const struct http_request *rq,
              struct who *out)
{
    uint8_t hash[32];
    struct error ignored = {0};
    struct str right, given = http_header(rq, "Authorization");
    *out = (struct who){.right = auth_open(open_reads, rq->loopback), .label = STR("anonymous")};
    if (!given.ptr)
        return;
    struct str token = str_trim(str_sub(given, 7, given.len));
    out->right = RIGHT_NONE;
    out->bad_token = true;
    if (!str_starts(given, STR("Bearer ")) || !str_starts(token, STR(TOKEN_PREFIX)))
        return;
    token_hash(token, hash);
    if (registry_token(ledger_registry(l), hash, rq->arena, &out->label, &right, &ignored) == OK)
        out->bad_token = !right_from(right, &out->right);
}
