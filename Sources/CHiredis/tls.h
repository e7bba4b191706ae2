/* TLS for hiredis 1.x: its `redisInitiateSSL`, and the few OpenSSL functions that make the session it is given, all found at run time in
 * the installed libhiredis_ssl and what that is linked with. No OpenSSL header is needed, and a build without TLS needs neither library.
 *
 * hiredis' own `redisCreateSSLContext` is not used: before 1.5 it does not compare the certificate with the name of the server. */
#ifndef QUALM_CHIREDIS_TLS_H
#define QUALM_CHIREDIS_TLS_H

#include "shim.h"
#include <dlfcn.h>

struct qualm_redis_tls {
    int (*initiate)(redisContext *, void *);
    const void *(*client_method)(void);
    void *(*context_new)(const void *);
    void (*context_free)(void *);
    long (*context_ctrl)(void *, int, long, void *);
    void (*context_set_verify)(void *, int, void *);
    int (*context_default_paths)(void *);
    int (*context_load)(void *, const char *, const char *);
    void *(*session_new)(void *);
    void (*session_free)(void *);
    long (*session_ctrl)(void *, int, long, void *);
    int (*session_set_host)(void *, const char *);
    void *(*session_parameters)(void *);
    int (*parameters_set_address)(void *, const char *);
    int (*handshake)(void *);
    int (*get_error)(const void *, int);
    int (*want)(const void *);
    long (*verify_result)(const void *);
    const char *(*verify_text)(long);
    unsigned long (*peek_error)(void);
    const char *(*reason_text)(unsigned long);
    void (*clear_errors)(void);
};

/* The name of the first function that is missing, NULL when all are there. */
static inline const char *qualm_redis_tls_load(struct qualm_redis_tls *tls, void *library) {
    /* Also finds what the library is linked with: OpenSSL. */
#define QUALM_REDIS_FIND(field, name) \
    if ((*(void **)&tls->field = dlsym(library, name)) == NULL) return name
    QUALM_REDIS_FIND(initiate, "redisInitiateSSL");
    QUALM_REDIS_FIND(client_method, "TLS_client_method");
    QUALM_REDIS_FIND(context_new, "SSL_CTX_new");
    QUALM_REDIS_FIND(context_free, "SSL_CTX_free");
    QUALM_REDIS_FIND(context_ctrl, "SSL_CTX_ctrl");
    QUALM_REDIS_FIND(context_set_verify, "SSL_CTX_set_verify");
    QUALM_REDIS_FIND(context_default_paths, "SSL_CTX_set_default_verify_paths");
    QUALM_REDIS_FIND(context_load, "SSL_CTX_load_verify_locations");
    QUALM_REDIS_FIND(session_new, "SSL_new");
    QUALM_REDIS_FIND(session_free, "SSL_free");
    QUALM_REDIS_FIND(session_ctrl, "SSL_ctrl");
    QUALM_REDIS_FIND(session_set_host, "SSL_set1_host");
    QUALM_REDIS_FIND(session_parameters, "SSL_get0_param");
    QUALM_REDIS_FIND(parameters_set_address, "X509_VERIFY_PARAM_set1_ip_asc");
    QUALM_REDIS_FIND(handshake, "SSL_do_handshake");
    QUALM_REDIS_FIND(get_error, "SSL_get_error");
    QUALM_REDIS_FIND(want, "SSL_want");
    QUALM_REDIS_FIND(verify_result, "SSL_get_verify_result");
    QUALM_REDIS_FIND(verify_text, "X509_verify_cert_error_string");
    QUALM_REDIS_FIND(peek_error, "ERR_peek_last_error");
    QUALM_REDIS_FIND(reason_text, "ERR_reason_error_string");
    QUALM_REDIS_FIND(clear_errors, "ERR_clear_error");
#undef QUALM_REDIS_FIND
    return NULL;
}

/* TLS 1.2 or newer, certificates checked against that file, or the system's authorities when it is NULL. NULL when that cannot be had. */
static inline void *qualm_redis_tls_context(const struct qualm_redis_tls *tls, const char *authorities) {
    void *context = tls->context_new(tls->client_method());
    if (context == NULL) return NULL;
    /* SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION; SSL_VERIFY_PEER. */
    int is_ready = tls->context_ctrl(context, 123, 0x0303, NULL) == 1;
    tls->context_set_verify(context, 1, NULL);
    is_ready = is_ready && (authorities ? tls->context_load(context, authorities, NULL) : tls->context_default_paths(context)) == 1;
    if (is_ready) return context;
    tls->context_free(context);
    return NULL;
}

/* Why the handshake failed: what is wrong with the certificate, or OpenSSL's reason. NULL when it does not say. */
static inline const char *qualm_redis_tls_reason(const struct qualm_redis_tls *tls, const void *session) {
    long result = session ? tls->verify_result(session) : 0;
    return result != 0 ? tls->verify_text(result) : tls->reason_text(tls->peek_error());
}

/* Begins TLS on a connected socket: the certificate must carry that name or address. The session is the context's from then on. NULL on
 * failure, and then why; the reason may be NULL too. */
static inline void *qualm_redis_tls_begin(
    const struct qualm_redis_tls *tls, void *tls_context, redisContext *context, const char *host, int is_address, const char **reason
) {
    *reason = NULL;
    tls->clear_errors();
    void *session = tls->session_new(tls_context);
    if (session == NULL) return NULL;
    int is_ready;
    if (is_address) {
        is_ready = tls->parameters_set_address(tls->session_parameters(session), host) == 1;
    } else {
        /* SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name. */
        is_ready = tls->session_set_host(session, host) == 1 && tls->session_ctrl(session, 55, 0, (void *)host) == 1;
    }
    if (is_ready && tls->initiate(context, session) == REDIS_OK) return session;
    *reason = qualm_redis_tls_reason(tls, session);
    tls->session_free(session);
    return NULL;
}

/* 1: done. 0: waits for the peer. 2: waits for room in the socket. -1: failed. */
static inline int qualm_redis_tls_handshake(const struct qualm_redis_tls *tls, void *session) {
    tls->clear_errors();
    int status = tls->handshake(session);
    if (status == 1) return 1;
    switch (tls->get_error(session, status)) {
        case 2: return 0; /* SSL_ERROR_WANT_READ */
        case 3: return 2; /* SSL_ERROR_WANT_WRITE */
        default: return -1;
    }
}

/* Whether the last call would go on once the peer has sent something (SSL_READING). */
static inline int qualm_redis_tls_waits_for_peer(const struct qualm_redis_tls *tls, const void *session) { return tls->want(session) == 3; }

#endif
