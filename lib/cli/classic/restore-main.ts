import { runProgram } from "../run-program.ts";
import { dbRestore } from "./db-restore.ts";

const args = process.argv.slice(2);
await runProgram(args, (around) => dbRestore(args, around));
