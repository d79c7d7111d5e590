import { redirect } from "next/navigation";

/** Runs are listed under Activity. */
export default function RunsPage(): never {
  redirect("/activity");
}
