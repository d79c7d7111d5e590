CREATE FUNCTION "lifeboat"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "lifeboat"."audit_events" FOR EACH ROW EXECUTE FUNCTION "lifeboat"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_events_no_truncate" BEFORE TRUNCATE ON "lifeboat"."audit_events" FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."refuse_change"();
