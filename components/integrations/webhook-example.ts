/** A request as a receiver gets it; the field names are those of docs/webhooks.md. */
export const webhookExample = `POST /your/path
content-type: application/json
lifeboat-event: alert.opened
lifeboat-delivery: dlv_…
lifeboat-timestamp: 1795348800
lifeboat-signature: v1=…

{
  "id": "dlv_…",
  "type": "alert.opened",
  "at": "2026-11-22T12:00:00.000Z",
  "source": { "id": "src_…", "name": "shop" },
  "subject": "alt_…",
  "payload": { "code": "backup-failed", "severity": "urgent", "count": 1, "params": {} }
}`;
