import { runProgram } from "../run-program.ts";
import { dbBackup } from "./db-backup.ts";

const args = process.argv.slice(2);
await runProgram(args, (around) => dbBackup(args, around));
