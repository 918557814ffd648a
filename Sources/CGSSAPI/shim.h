#pragma once

// A narrow face on GSSAPI. Swift 6 cannot use gssapi.h as it stands: its OIDs are mutable globals,
// its status macros are casts, and its buffers want freeing at the right place.

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What SPNEGO may offer; 0 is NTLMSSP without SPNEGO.
enum { GL_NTLM_RAW = 0, GL_NTLM = 1, GL_KERBEROS = 2, GL_BOTH = 3 };
enum { GL_ERROR_SIZE = 512 };

struct gl_credential {
    gss_cred_id_t credential;
    gss_name_t name;
    int mechanism;
};

struct gl_exchange {
    gss_ctx_id_t context;
    gss_name_t target;
    struct gl_credential *credential;
};

static inline gss_OID gl_ntlmssp(void) {
    static gss_OID_desc oid = {10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};
    return &oid;
}

static inline gss_OID gl_spnego(void) {
    static gss_OID_desc oid = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
    return &oid;
}

static inline gss_OID gl_kerberos(void) {
    static gss_OID_desc oid = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
    return &oid;
}

static inline gss_OID gl_mechanism(int mechanism) {
    return mechanism == GL_NTLM_RAW ? gl_ntlmssp() : gl_spnego();
}

static inline void gl_explain(char *error, const char *step, OM_uint32 major, OM_uint32 minor,
                              gss_OID mechanism) {
    OM_uint32 ignored, more = 0;
    gss_buffer_desc general = GSS_C_EMPTY_BUFFER, special = GSS_C_EMPTY_BUFFER;
    gss_display_status(&ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &general);
    more = 0;
    gss_display_status(&ignored, minor, GSS_C_MECH_CODE, mechanism, &more, &special);
    snprintf(error, GL_ERROR_SIZE, "%s: %.*s (%.*s)", step, (int)general.length,
             (char *)general.value, (int)special.length, (char *)special.value);
    gss_release_buffer(&ignored, &general);
    gss_release_buffer(&ignored, &special);
}

static inline void gl_release(struct gl_credential *c) {
    OM_uint32 ignored;
    if (!c) return;
    if (c->credential) gss_release_cred(&ignored, &c->credential);
    if (c->name) gss_release_name(&ignored, &c->name);
    free(c);
}

// `user` is "user", "DOMAIN\user" or "user@REALM"; without a password the default ticket cache.
static inline struct gl_credential *gl_acquire(const char *user, const char *password,
                                               int mechanism, char *error) {
    OM_uint32 major, minor;
    struct gl_credential *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->mechanism = mechanism;
    gss_buffer_desc name = {strlen(user), (void *)user};
    major = gss_import_name(&minor, &name, GSS_C_NT_USER_NAME, &c->name);
    if (GSS_ERROR(major)) {
        gl_explain(error, "name", major, minor, GSS_C_NO_OID);
        gl_release(c);
        return NULL;
    }
    gss_OID_set_desc set = {1, gl_mechanism(mechanism)};
    if (password) {
        gss_buffer_desc secret = {strlen(password), (void *)password};
        major = gss_acquire_cred_with_password(&minor, c->name, &secret, GSS_C_INDEFINITE, &set,
                                               GSS_C_INITIATE, &c->credential, NULL, NULL);
    } else {
        major = gss_acquire_cred(&minor, c->name, GSS_C_INDEFINITE, &set, GSS_C_INITIATE,
                                 &c->credential, NULL, NULL);
    }
    if (!GSS_ERROR(major) && mechanism != GL_NTLM_RAW && mechanism != GL_BOTH) {
        gss_OID_set_desc offered = {1, mechanism == GL_NTLM ? gl_ntlmssp() : gl_kerberos()};
        major = gss_set_neg_mechs(&minor, c->credential, &offered);
    }
    if (GSS_ERROR(major)) {
        gl_explain(error, "credentials", major, minor, set.elements);
        gl_release(c);
        return NULL;
    }
    return c;
}

static inline void gl_end(struct gl_exchange *x) {
    OM_uint32 ignored;
    if (!x) return;
    if (x->context) gss_delete_sec_context(&ignored, &x->context, GSS_C_NO_BUFFER);
    if (x->target) gss_release_name(&ignored, &x->target);
    free(x);
}

static inline struct gl_exchange *gl_begin(struct gl_credential *c, const char *host,
                                           char *error) {
    char service[512];
    snprintf(service, sizeof service, "cifs@%s", host);
    gss_buffer_desc name = {strlen(service), service};
    OM_uint32 minor;
    struct gl_exchange *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    x->credential = c;
    OM_uint32 major = gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &x->target);
    if (GSS_ERROR(major)) {
        gl_explain(error, "service", major, minor, GSS_C_NO_OID);
        gl_end(x);
        return NULL;
    }
    return x;
}

// 1: the exchange goes on, 0: it is complete, -1: it failed. At most `capacity` bytes come out.
static inline int gl_step(struct gl_exchange *x, const uint8_t *input, size_t length,
                          uint8_t *output, size_t capacity, size_t *used, char *error) {
    gss_buffer_desc in = {length, (void *)input}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, ignored;
    gss_OID mechanism = gl_mechanism(x->credential->mechanism);
    // Without INTEG no key is agreed, and a server that wants signatures refuses.
    OM_uint32 major = gss_init_sec_context(
        &minor, x->credential->credential, &x->context, x->target, mechanism,
        GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG, 0,
        GSS_C_NO_CHANNEL_BINDINGS, length ? &in : GSS_C_NO_BUFFER, NULL, &out, NULL, NULL);
    *used = 0;
    if (!GSS_ERROR(major) && out.length > capacity) {
        snprintf(error, GL_ERROR_SIZE, "the token is longer than %zu bytes", capacity);
        gss_release_buffer(&ignored, &out);
        return -1;
    }
    if (GSS_ERROR(major)) {
        gl_explain(error, "token", major, minor, mechanism);
        gss_release_buffer(&ignored, &out);
        return -1;
    }
    if (out.length) memcpy(output, out.value, out.length);
    *used = out.length;
    gss_release_buffer(&ignored, &out);
    return (major & GSS_S_CONTINUE_NEEDED) ? 1 : 0;
}

// The length of the session key, or -1; to be asked when the exchange is complete.
static inline int gl_session_key(struct gl_exchange *x, uint8_t *key, size_t capacity) {
    static gss_OID_desc oid = {11, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x05\x05"};
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor;
    int length = -1;
    OM_uint32 major = gss_inquire_sec_context_by_oid(&minor, x->context, &oid, &set);
    if (!GSS_ERROR(major) && set && set->count > 0 && set->elements[0].length <= capacity) {
        length = (int)set->elements[0].length;
        memcpy(key, set->elements[0].value, (size_t)length);
    }
    gss_release_buffer_set(&minor, &set);
    return length;
}
