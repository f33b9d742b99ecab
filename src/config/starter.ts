// The commented starter file that `chappe init` writes. It is a working configuration: the link in it is
// disabled until its peer is filled in.

/** The text of a starter configuration. */
export function starterConfiguration(): string {
  return `# Chappe: the configuration of one MTA. Check it with: chappe config check --config chappe.yaml
# Unknown keys are errors. Durations carry a unit (500ms, 600s, 2m, 1h, 7d), sizes may (30KiB, 2MB, octets).
# Relative paths are taken from the directory of this file. A key left out has its default.

mta:
  name: MTA-A                        # our MTA name, in trace and towards peers; case counts
  domain:                            # our global domain identifier
    country: GB
    admd: " "                        # one space where there is none
    prmd: SITE-A
  # expiry: { urgent: 2d, normal: 7d, nonUrgent: 10d }
  # limits: { messageSize: 2147483647, recipients: 32767, inboundAssociations: 1000 }

listen:                              # where peers call us (RFC 1006; the registered port is 102)
  - { address: 127.0.0.1, port: 10102 }

admin:                               # HTTP API, console and metrics; its token lies in the store's directory
  address: 127.0.0.1
  port: 10480

store:
  directory: ./data                  # created if need be; one running MTA each

# tracking: { keep: 30d }            # how long the history of messages is kept

links:                               # one entry for each adjacent MTA
  - name: site-b
    enabled: false                   # true, once the peer below is filled in
    peer:
      mta: MTA-B                     # the name that it presents
      password: b-secret             # what it must present; left out, its credentials are not looked at
      address: 192.0.2.1             # left out, it is never called, only answered
      port: 102
    credentials: { mta: MTA-A, password: a-secret }    # what we present to it
    mode: normal                     # normal | x410-1988 | x410-1984
    # Text, or hex:3539. Put numbers in quotes. A selector left out is not sent, and any is accepted.
    # selectors: { local: { transport: X400 }, remote: { transport: X400 } }
    addressSpaces:                   # what goes this way: longest match, then lowest cost
      - { address: "/P=SITE-B/A= /C=GB/", cost: 10 }
    sameDomain: false                # true for an MTA of our own domain
    # retry: { openInterval: 600s, openRetries: 144, transferInterval: 120s, transferRetries: 2 }
    # rts: { checkpoint: 30KiB, window: 5, recoveryTimeout: 60s, dialogue: any }
    # associations: { max: 10, threshold: 50, lifetime: 300s, disconnect: 120s }

deliver:                             # what is delivered here, into directories
  - addressSpace: "/P=SITE-A/A= /C=GB/"
    users: any                       # or a list of O/R addresses, each inside the space
    directory: ./data/delivered
`;
}
