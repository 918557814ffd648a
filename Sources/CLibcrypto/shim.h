#pragma once

// A narrow face on libcrypto: whole calculations over bytes, no contexts to free.
//
// A keyed context costs about a microsecond to make and a fifth of that to use again, so each
// thread keeps some, found by their key. They hold nothing that the bytes do not determine.

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <stdint.h>
#include <string.h>

enum { GL_KEPT = 256 };

// 0 HMAC-SHA256, 1 AES-128-CMAC, 2 AES-128-GCM as GMAC: the numbers of [MS-SMB2] 2.2.3.1.7.
struct gl_kept {
    int algorithm;
    int is_used;
    uint8_t key[16];
    EVP_MAC_CTX *mac;
    EVP_CIPHER_CTX *cipher;
};

static inline struct gl_kept *gl_context(int algorithm, const uint8_t *key) {
    static _Thread_local struct gl_kept kept[GL_KEPT];
    uint32_t place = (uint32_t)algorithm * 2654435761u;
    for (int i = 0; i < 16; i++) place = (place ^ key[i]) * 16777619u;
    struct gl_kept *k = &kept[(place ^ (place >> 16)) % GL_KEPT];
    if (k->is_used && k->algorithm == algorithm && !CRYPTO_memcmp(k->key, key, 16)) return k;
    if (k->mac) EVP_MAC_CTX_free(k->mac);
    if (k->cipher) EVP_CIPHER_CTX_free(k->cipher);
    memset(k, 0, sizeof *k);
    if (algorithm == 2) {
        k->cipher = EVP_CIPHER_CTX_new();
        if (!k->cipher || !EVP_EncryptInit_ex(k->cipher, EVP_aes_128_gcm(), NULL, key, NULL))
            return NULL;
    } else {
        EVP_MAC *mac = EVP_MAC_fetch(NULL, algorithm ? "CMAC" : "HMAC", NULL);
        if (!mac) return NULL;
        k->mac = EVP_MAC_CTX_new(mac);
        EVP_MAC_free(mac);
        OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(
                algorithm ? OSSL_MAC_PARAM_CIPHER : OSSL_MAC_PARAM_DIGEST,
                algorithm ? "AES-128-CBC" : "SHA256", 0),
            OSSL_PARAM_construct_end()};
        if (!k->mac || !EVP_MAC_init(k->mac, key, 16, parameters)) return NULL;
    }
    memcpy(k->key, key, 16);
    k->algorithm = algorithm;
    k->is_used = 1;
    return k;
}

// The signature of a message of at least 64 bytes, its own place 48..63 read as zeros.
static inline int gl_signature(int algorithm, const uint8_t *key, const uint8_t *nonce,
                               const uint8_t *bytes, size_t offset, size_t length,
                               uint8_t *signature) {
    static const uint8_t zeros[16];
    const uint8_t *message = bytes + offset;
    struct gl_kept *k = gl_context(algorithm, key);
    if (!k) return 0;
    if (algorithm == 2) {
        int n = 0;
        return EVP_EncryptInit_ex(k->cipher, NULL, NULL, NULL, nonce) &&
               EVP_EncryptUpdate(k->cipher, NULL, &n, message, 48) &&
               EVP_EncryptUpdate(k->cipher, NULL, &n, zeros, 16) &&
               EVP_EncryptUpdate(k->cipher, NULL, &n, message + 64, (int)(length - 64)) &&
               EVP_EncryptFinal_ex(k->cipher, NULL, &n) &&
               EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_GET_TAG, 16, signature);
    }
    uint8_t mac[32];
    size_t size = 0;
    if (!EVP_MAC_init(k->mac, NULL, 0, NULL) || !EVP_MAC_update(k->mac, message, 48) ||
        !EVP_MAC_update(k->mac, zeros, 16) ||
        !EVP_MAC_update(k->mac, message + 64, length - 64) ||
        !EVP_MAC_final(k->mac, mac, &size, sizeof mac))
        return 0;
    memcpy(signature, mac, 16);
    return 1;
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

// Seals or opens `length` bytes; the cipher's number is that of [MS-SMB2] 2.2.3.1.2.
static inline int gl_aead(int cipher, int is_sealing, const uint8_t *key, const uint8_t *nonce,
                          const uint8_t *bytes, size_t aad_offset, size_t aad_length,
                          size_t offset, size_t length, uint8_t *out, uint8_t *tag) {
    int is_ccm = cipher == 1 || cipher == 3, n = 0, ok;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    if (!c) return 0;
    ok = EVP_CipherInit_ex(c, gl_cipher(cipher), NULL, NULL, NULL, is_sealing) &&
         EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, is_ccm ? 11 : 12, NULL);
    if (ok && (is_ccm || !is_sealing))
        ok = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, is_sealing ? NULL : tag);
    ok = ok && EVP_CipherInit_ex(c, NULL, NULL, key, nonce, is_sealing);
    if (ok && is_ccm) ok = EVP_CipherUpdate(c, NULL, &n, NULL, (int)length);
    ok = ok && EVP_CipherUpdate(c, NULL, &n, bytes + aad_offset, (int)aad_length) &&
         EVP_CipherUpdate(c, out, &n, bytes + offset, (int)length);
    // CCM has verified by now and has no final step when it opens.
    if (ok && !(is_ccm && !is_sealing)) ok = EVP_CipherFinal_ex(c, out + n, &n);
    if (ok && is_sealing) ok = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag);
    EVP_CIPHER_CTX_free(c);
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

static inline int gl_equal(const uint8_t *a, const uint8_t *b, size_t offset, size_t length) {
    return CRYPTO_memcmp(a, b + offset, length) == 0;
}
