#!/usr/bin/env python3
"""Has stem parse every document of a folder, validating, and prints what stem understood as JSON.

Usage: parse_documents.py FOLDER. Files are told by their names: servers, extras, microdescriptors, certificates,
vote-*, consensus-ns, consensus-microdesc, signatures, onion-*.json with {text, address, key}: a v3 onion descriptor,
whose it is, and the x25519 secret of an authorized client in hexadecimal, or null.
"""
import base64
import hashlib
import json
import pathlib
import sys
import traceback

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import stem.descriptor
from stem.descriptor import DigestEncoding, DigestHash, DocumentHandler
from stem.descriptor import hidden_service
from stem.descriptor.hidden_service import HiddenServiceDescriptorV3, InnerLayer, OuterLayer

FOLDER = pathlib.Path(sys.argv[1])
UNKNOWN = set()


def parse(name, kind, **options):
    with open(FOLDER / name, "rb") as file:
        documents = list(stem.descriptor.parse_file(file, kind, validate=True, **options))
    for document in documents:
        note_unknown(name, document)
    return documents


def note_unknown(name, document):
    """Lines that stem's own time did not know; not a complaint, but not to grow unnoticed."""
    kind = name.split("-")[0]
    UNKNOWN.update("%s: %s" % (kind, line.split()[0]) for line in document.get_unrecognized_lines())


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def addresses(document):
    return ["%s %d" % (address, port) for address, port, is_ipv6 in document.or_addresses]


def server(d):
    return {
        "nickname": d.nickname, "fingerprint": d.fingerprint, "address": d.address, "orPort": d.or_port, "dirPort": d.dir_port or 0,
        "more": addresses(d), "rate": d.average_bandwidth, "burst": d.burst_bandwidth, "observed": d.observed_bandwidth,
        "contact": text(d.contact), "platform": text(d.platform), "family": sorted(d.family), "policy": str(d.exit_policy),
        "policy6": str(d.exit_policy_v6 or "reject 1-65535"), "hsDir": d.is_hidden_service_dir, "tunnelled": d.allow_tunneled_dir_requests,
        "hibernating": d.hibernating, "protocols": protocols(d.protocols), "published": str(d.published), "uptime": d.uptime,
        "identity": d.ed25519_master_key, "ntor": d.ntor_onion_key, "digest": d.digest(), "extra": d.extra_info_digest,
        "extra256": d.extra_info_sha256_digest,
    }


def extra(d):
    return {"nickname": d.nickname, "fingerprint": d.fingerprint, "published": str(d.published), "digest": d.digest(),
            "digest256": d.digest(hash_type=DigestHash.SHA256, encoding=DigestEncoding.BASE64)}


def protocols(table):
    return {name: list(table[name]) for name in sorted(table)}


def microdescriptor(d):
    return {"ntor": d.ntor_onion_key, "identity": d.identifiers["ed25519"], "family": sorted(d.family), "policy": str(d.exit_policy),
            "policy6": str(d.exit_policy_v6 or "reject 1-65535"), "digest": d.digest()}


def certificate(d):
    return {"fingerprint": d.fingerprint, "published": str(d.published), "expires": str(d.expires), "address": "%s:%s" % (d.address, d.dir_port)}


def entry(d, flavour):
    row = {"nickname": d.nickname, "fingerprint": d.fingerprint, "address": d.address, "orPort": d.or_port, "dirPort": d.dir_port or 0,
           "more": addresses(d), "flags": sorted(d.flags), "bandwidth": d.bandwidth, "unmeasured": bool(d.is_unmeasured),
           "version": d.version_line, "protocols": protocols(d.protocols)}
    if flavour == "microdesc":
        row["digest"] = d.microdescriptor_digest
    else:
        row["digest"] = d.digest
    row["policy"] = None if flavour == "microdesc" else str(d.exit_policy)
    return row


def header(d):
    return {"validAfter": str(d.valid_after), "freshUntil": str(d.fresh_until), "validUntil": str(d.valid_until), "voteDelay": d.vote_delay,
            "distDelay": d.dist_delay, "knownFlags": sorted(d.known_flags), "params": d.params,
            "authorities": sorted(a.nickname for a in d.directory_authorities), "signatures": len(d.signatures)}


def status(name, kind, flavour, certificates):
    text_of = (FOLDER / name).read_bytes()
    # stem refuses the empty list of versions that stock authorities without an opinion agree on, too.
    for who in (b"client", b"server"):
        text_of = text_of.replace(b"\n%s-versions \n" % who, b"\n%s-versions 0.4.9.11\n" % who)
    (FOLDER / ("amended-" + name)).write_bytes(text_of)
    options = {"document_handler": DocumentHandler.DOCUMENT, "default_params": False}
    document, = parse("amended-" + name, kind, **options)
    with open(FOLDER / name, "rb") as file:
        signed, = stem.descriptor.parse_file(file, kind, **options)
    # stem knows SHA-1 signatures only, and in a microdesc consensus they are of SHA-256.
    if flavour != "microdesc":
        signed.validate_signatures(certificates or [a.key_certificate for a in document.directory_authorities])
    for router in document.routers.values():
        note_unknown(name, router)
    return {"header": header(document), "routers": [entry(r, flavour) for r in document.routers.values()]}


def detached(d):
    return {"validAfter": str(d.valid_after), "freshUntil": str(d.fresh_until), "validUntil": str(d.valid_until), "digest": d.consensus_digest,
            "more": [[more.flavor, more.algorithm] for more in d.additional_digests],
            "signatures": len(d.signatures), "moreSignatures": len(d.additional_signatures)}


def client_cookie(outer, subcredential, secret):
    """What the authorized client with this secret adds to the keys of the inner layer (rend-spec-v3 2.5.1.2); b"" if it is not listed."""
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    shared = key.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(outer.ephemeral_key + "=")))
    keys = hashlib.shake_256(subcredential + shared).digest(40)
    client = outer.clients.get(base64.b64encode(keys[:8]).rstrip(b"=").decode())
    if client is None:
        return b""
    cipher = Cipher(algorithms.AES(keys[8:]), modes.CTR(base64.b64decode(client.iv + "=="))).decryptor()
    return cipher.update(base64.b64decode(client.cookie + "==")) + cipher.finalize()


def onion(name):
    given = json.loads((FOLDER / name).read_text())
    document = HiddenServiceDescriptorV3(given["text"].encode(), validate=True)
    blinded = document.signing_cert.signing_key()
    subcredential = HiddenServiceDescriptorV3._subcredential(HiddenServiceDescriptorV3.identity_key_from_address(given["address"]), blinded)
    outer = OuterLayer(
        hidden_service._decrypt_layer(document.superencrypted, b"hsdir-superencrypted-data", document.revision_counter, subcredential, blinded),
        validate=True)
    if given["key"] is None:
        inner = document.decrypt(given["address"])
    else:
        # stem cannot decrypt for a client, but its key derivation takes the blinded key and the client's cookie as one.
        cookie = client_cookie(outer, subcredential, given["key"])
        inner = InnerLayer(
            hidden_service._decrypt_layer(outer.encrypted, b"hsdir-encrypted-data", document.revision_counter, subcredential, blinded + cookie),
            validate=True, outer_layer=outer)
    for layer in (document, outer, inner):
        note_unknown(name, layer)
    return {
        "blinded": blinded.hex(), "revision": document.revision_counter, "lifetime": document.lifetime, "clients": len(outer.clients),
        "authType": outer.auth_type, "formats": inner.formats, "introAuth": inner.intro_auth or [], "single": inner.is_single_service,
        "points": [{
            "links": [specifier.type for specifier in point.link_specifiers],
            "ntor": base64.b64encode(raw(point.onion_key())).decode(), "enc": base64.b64encode(raw(point.enc_key())).decode(),
            "auth": raw(point.auth_key()).hex(), "certificates": [point.auth_key_cert.type_int, point.enc_key_cert.type_int],
        } for point in inner.introduction_points],
    }


def raw(key):
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def judge(read):
    """What stem read, or its complaint."""
    try:
        return read()
    except Exception:
        return {"complaint": traceback.format_exc()}


def main():
    certificates = parse("certificates", "dir-key-certificate-3 1.0")
    result = {
        "servers": judge(lambda: [server(d) for d in parse("servers", "server-descriptor 1.0")]),
        "extras": judge(lambda: [extra(d) for d in parse("extras", "extra-info 1.0")]),
        "microdescriptors": judge(lambda: [microdescriptor(d) for d in parse("microdescriptors", "microdescriptor 1.0")]),
        "certificates": [certificate(d) for d in certificates],
        "votes": judge(lambda: [status(f.name, "network-status-vote-3 1.0", "vote", None) for f in sorted(FOLDER.glob("vote-*"))]),
        "ns": judge(lambda: status("consensus-ns", "network-status-consensus-3 1.0", "ns", certificates)),
        "microdesc": judge(lambda: status("consensus-microdesc", "network-status-microdesc-consensus-3 1.0", "microdesc", certificates)),
        "signatures": judge(lambda: [detached(d) for d in parse("signatures", "detached-signature-3 1.0")]),
        "onions": {f.stem: judge(lambda: onion(f.name)) for f in sorted(FOLDER.glob("onion-*.json"))},
        "unknown": sorted(UNKNOWN),
    }
    json.dump(result, sys.stdout)


main()
