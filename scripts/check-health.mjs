// The container's health check: `node scripts/check-health.mjs [address] [worker]`. Plain JavaScript without dependencies.
// Exit code 0 when web is ready and, with "worker", when a worker is alive too.
const [address = `http://127.0.0.1:${process.env.PORT || 3210}`, part] = process.argv.slice(2);
try {
  const response = await fetch(`${address}/api/health/ready`, { signal: AbortSignal.timeout(4000) });
  const { status, worker } = await response.json();
  console.log(`web: ${status}, worker: ${worker}`);
  process.exitCode = response.ok && (part !== "worker" || worker === "ok") ? 0 : 1;
} catch (error) {
  console.log(`no answer from ${address}: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
