#pragma once

// A narrow face on libcrypto: whole calculations over bytes, no contexts to free.
//
// A keyed context costs about four times as much to make as to use again, so each thread keeps
// some, found by their key. They hold nothing that the key does not determine. A full place gives
// its context another key, which is still half the price of a new context.

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Signatures are 0 HMAC-SHA256, 1 AES-128-CMAC, 2 AES-128-GMAC: the numbers of [MS-SMB2]
// 2.2.3.1.7. Ciphers follow: sealing is 8 and opening 16 plus the number of 2.2.3.1.2.
enum { GL_SEALS = 8, GL_OPENS = 16 };

// About 1 kB a kept context: at most 5 MB for each thread that signs.
enum { GL_SETS = 2048, GL_WAYS = 2, GL_KEY_MAX = 32 };

struct gl_kept {
    int is_used;
    int kind;
    uint8_t key[GL_KEY_MAX];
    EVP_MAC_CTX *mac;
    EVP_CIPHER_CTX *cipher;
};

struct gl_set {
    struct gl_kept kept[GL_WAYS];
    int latest;
};

static inline void gl_drop(struct gl_kept *k) {
    EVP_MAC_CTX_free(k->mac);
    EVP_CIPHER_CTX_free(k->cipher);
    memset(k, 0, sizeof *k);
}

static inline void gl_thread_ended(void *sets) {
    for (int i = 0; i < GL_SETS; i++)
        for (int j = 0; j < GL_WAYS; j++) gl_drop(&((struct gl_set *)sets)[i].kept[j]);
    free(sets);
}

struct gl_threads {
    int has_key;
    pthread_key_t key;
};

// Swift emits no variable at file scope of a header, hence a function around it.
static inline struct gl_threads *gl_threads(void) {
    static struct gl_threads threads;
    return &threads;
}

static inline void gl_make_key(void) {
    gl_threads()->has_key = pthread_key_create(&gl_threads()->key, gl_thread_ended) == 0;
}

// This thread's contexts, which go when it ends.
static inline struct gl_set *gl_sets(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, gl_make_key);
    if (!gl_threads()->has_key) return NULL;
    struct gl_set *sets = (struct gl_set *)pthread_getspecific(gl_threads()->key);
    if (sets) return sets;
    sets = (struct gl_set *)calloc(GL_SETS, sizeof *sets);
    if (sets && pthread_setspecific(gl_threads()->key, sets)) {
        free(sets);
        return NULL;
    }
    return sets;
}

static inline int gl_is_mac(int kind) { return kind < 2; }
static inline int gl_cipher_number(int kind) {
    return kind == 2 ? 2 : kind < GL_OPENS ? kind - GL_SEALS : kind - GL_OPENS;
}
static inline int gl_is_ccm(int cipher) { return cipher == 1 || cipher == 3; }
static inline size_t gl_key_length(int kind) {
    return gl_is_mac(kind) || gl_cipher_number(kind) < 3 ? 16 : 32;
}

static inline const EVP_CIPHER *gl_cipher(int cipher) {
    switch (cipher) {
    case 1: return EVP_aes_128_ccm();
    case 2: return EVP_aes_128_gcm();
    case 3: return EVP_aes_256_ccm();
    case 4: return EVP_aes_256_gcm();
    default: return NULL;
    }
}

static inline int gl_make(struct gl_kept *k, int kind) {
    k->kind = kind;
    if (gl_is_mac(kind)) {
        EVP_MAC *mac = EVP_MAC_fetch(NULL, kind ? "CMAC" : "HMAC", NULL);
        if (!mac) return 0;
        k->mac = EVP_MAC_CTX_new(mac);
        EVP_MAC_free(mac);
        OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(
                kind ? OSSL_MAC_PARAM_CIPHER : OSSL_MAC_PARAM_DIGEST,
                (char *)(kind ? "AES-128-CBC" : "SHA256"), 0),
            OSSL_PARAM_construct_end()};
        return k->mac && EVP_MAC_CTX_set_params(k->mac, parameters);
    }
    int cipher = gl_cipher_number(kind), is_ccm = gl_is_ccm(cipher);
    k->cipher = EVP_CIPHER_CTX_new();
    // CCM takes the lengths of nonce and tag into account when it gets the key.
    return k->cipher &&
           EVP_CipherInit_ex(k->cipher, gl_cipher(cipher), NULL, NULL, NULL, kind < GL_OPENS) &&
           EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_IVLEN, is_ccm ? 11 : 12, NULL) &&
           (!is_ccm || EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_TAG, 16, NULL));
}

// A context that has this key; NULL if libcrypto cannot make one.
static inline struct gl_kept *gl_context(int kind, const uint8_t *key) {
    struct gl_set *sets = gl_sets();
    if (!sets) return NULL;
    size_t length = gl_key_length(kind);
    uint64_t head, tail;
    memcpy(&head, key, 8);
    memcpy(&tail, key + 8, 8);
    uint64_t place = (head ^ (tail * 0x9E3779B97F4A7C15u) ^ (uint64_t)kind) * 0xD6E8FEB86659FD93u;
    struct gl_set *set = &sets[(place >> 32) % GL_SETS];
    for (int i = 0; i < GL_WAYS; i++) {
        struct gl_kept *k = &set->kept[i];
        // The time this takes tells keys of this process apart from each other and no more.
        if (!k->is_used || k->kind != kind || memcmp(k->key, key, length)) continue;
        set->latest = i;
        return k;
    }
    set->latest = (set->latest + 1) % GL_WAYS;
    struct gl_kept *k = &set->kept[set->latest];
    if (k->is_used && k->kind != kind) gl_drop(k);
    int ok = k->is_used || gl_make(k, kind);
    k->is_used = 1;
    ok = ok && (gl_is_mac(kind) ? EVP_MAC_init(k->mac, key, length, NULL)
                                : EVP_CipherInit_ex(k->cipher, NULL, NULL, key, NULL, -1));
    if (!ok) {
        gl_drop(k);
        return NULL;
    }
    memcpy(k->key, key, length);
    return k;
}

static inline int gl_mac(EVP_MAC_CTX *c, const uint8_t *message, size_t length, uint8_t *out) {
    static const uint8_t zeros[16];
    uint8_t mac[32];
    size_t size = 0;
    if (!EVP_MAC_init(c, NULL, 0, NULL) || !EVP_MAC_update(c, message, 48) ||
        !EVP_MAC_update(c, zeros, 16) ||
        (length > 64 && !EVP_MAC_update(c, message + 64, length - 64)) ||
        !EVP_MAC_final(c, mac, &size, sizeof mac))
        return 0;
    memcpy(out, mac, 16);
    return 1;
}

static inline int gl_gmac(EVP_CIPHER_CTX *c, const uint8_t *nonce, const uint8_t *message,
                          size_t length, uint8_t *out) {
    static const uint8_t zeros[16];
    int n = 0;
    return EVP_CipherInit_ex(c, NULL, NULL, NULL, nonce, -1) &&
           EVP_CipherUpdate(c, NULL, &n, message, 48) &&
           EVP_CipherUpdate(c, NULL, &n, zeros, 16) &&
           (length == 64 || EVP_CipherUpdate(c, NULL, &n, message + 64, (int)length - 64)) &&
           EVP_CipherFinal_ex(c, out, &n) &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, out);
}

// The signature of a message of at least 64 bytes, its own place 48..63 read as zeros. GMAC's
// nonce is the MessageId and a word that tells the sender, both little-endian.
static inline int gl_signature(int algorithm, const uint8_t *key, uint64_t message_id,
                               uint32_t sender, const uint8_t *message, size_t length,
                               uint8_t *out) {
    struct gl_kept *k = gl_context(algorithm, key);
    if (!k) return 0;
    uint8_t nonce[12];
    for (int i = 0; i < 8; i++) nonce[i] = (uint8_t)(message_id >> (8 * i));
    for (int i = 0; i < 4; i++) nonce[8 + i] = (uint8_t)(sender >> (8 * i));
    int ok = algorithm == 2 ? gl_gmac(k->cipher, nonce, message, length, out)
                            : gl_mac(k->mac, message, length, out);
    if (!ok) gl_drop(k);
    return ok;
}

// Puts the signature in its place; 0 if libcrypto fails.
static inline int gl_sign(int algorithm, const uint8_t *key, uint64_t message_id, uint32_t sender,
                          uint8_t *bytes, size_t offset, size_t length) {
    uint8_t *message = bytes + offset;
    return gl_signature(algorithm, key, message_id, sender, message, length, message + 48);
}

// 1 if the signature is right, 0 if it is wrong, -1 if libcrypto fails.
static inline int gl_verify(int algorithm, const uint8_t *key, uint64_t message_id,
                            uint32_t sender, const uint8_t *bytes, size_t offset, size_t length) {
    const uint8_t *message = bytes + offset;
    uint8_t signature[16];
    if (!gl_signature(algorithm, key, message_id, sender, message, length, signature)) return -1;
    return CRYPTO_memcmp(signature, message + 48, 16) == 0;
}

// Encrypts a transform message ([MS-SMB2] 2.2.41) in place from byte 52 on; its header has
// everything but the tag, which goes to byte 4. 0 if libcrypto fails.
static inline int gl_seal(int cipher, const uint8_t *key, uint8_t *transform, size_t length) {
    struct gl_kept *k = gl_context(GL_SEALS + cipher, key);
    if (!k) return 0;
    EVP_CIPHER_CTX *c = k->cipher;
    uint8_t *text = transform + 52;
    int n = 0, size = (int)(length - 52);
    int ok = EVP_CipherInit_ex(c, NULL, NULL, NULL, transform + 20, -1) &&
             (!gl_is_ccm(cipher) || EVP_CipherUpdate(c, NULL, &n, NULL, size)) &&
             EVP_CipherUpdate(c, NULL, &n, transform + 20, 32) &&
             EVP_CipherUpdate(c, text, &n, text, size) &&
             EVP_CipherFinal_ex(c, text + n, &n) &&
             EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, transform + 4);
    if (!ok) gl_drop(k);
    return ok;
}

// Decrypts a transform message into `out`, which has room for length - 52 bytes. 1 if the tag is
// right, 0 if it is wrong, -1 if libcrypto cannot make a context.
static inline int gl_open(int cipher, const uint8_t *key, const uint8_t *bytes, size_t offset,
                          size_t length, uint8_t *out) {
    struct gl_kept *k = gl_context(GL_OPENS + cipher, key);
    if (!k) return -1;
    EVP_CIPHER_CTX *c = k->cipher;
    const uint8_t *transform = bytes + offset;
    uint8_t tag[16];
    memcpy(tag, transform + 4, 16);
    int n = 0, size = (int)(length - 52), is_ccm = gl_is_ccm(cipher);
    // CCM has verified with the text and has no final step when it opens.
    int ok = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, tag) &&
             EVP_CipherInit_ex(c, NULL, NULL, NULL, transform + 20, -1) &&
             (!is_ccm || EVP_CipherUpdate(c, NULL, &n, NULL, size)) &&
             EVP_CipherUpdate(c, NULL, &n, transform + 20, 32) &&
             EVP_CipherUpdate(c, out, &n, transform + 52, size) &&
             (is_ccm || EVP_CipherFinal_ex(c, out + n, &n));
    // A context that refused a message is in no state to rely on.
    if (!ok) gl_drop(k);
    return ok;
}

// 0 SHA-512 (64 bytes), 1 MD5 (16 bytes) over two pieces.
static inline int gl_digest(int kind, const uint8_t *a, size_t an, const uint8_t *b, size_t bn,
                            uint8_t *out) {
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!c) return 0;
    int ok = EVP_DigestInit_ex(c, kind ? EVP_md5() : EVP_sha512(), NULL) &&
             EVP_DigestUpdate(c, a, an) && EVP_DigestUpdate(c, b, bn) &&
             EVP_DigestFinal_ex(c, out, NULL);
    EVP_MD_CTX_free(c);
    return ok;
}

// 0 HMAC-SHA256 (32 bytes), 1 HMAC-MD5 (16 bytes) with a key of any length.
static inline int gl_hmac(int kind, const uint8_t *key, size_t key_length, const uint8_t *bytes,
                          size_t length, uint8_t *out) {
    unsigned size = 0;
    uint8_t empty = 0;
    return HMAC(kind ? EVP_md5() : EVP_sha256(), key_length ? key : &empty, (int)key_length,
                bytes, length, out, &size) != NULL;
}
