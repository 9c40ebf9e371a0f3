"""A published revision never becomes a draft again, and takes no BOM line from one."""

from django.db import migrations

BEFORE = """
    CREATE OR REPLACE FUNCTION refuse_frozen_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status IN ('published', 'superseded') AND (TG_OP = 'DELETE'
            OR (NEW.product_id, NEW.number, NEW.model, NEW.sha256, NEW.published_at)
                IS DISTINCT FROM (OLD.product_id, OLD.number, OLD.model, OLD.sha256, OLD.published_at)) THEN
            RAISE EXCEPTION 'a published revision never changes' USING ERRCODE = '55000';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE OR REPLACE FUNCTION refuse_frozen_bom() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE owner bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.revision_id ELSE OLD.revision_id END;
    BEGIN
        IF EXISTS (SELECT FROM orders_productrevision
                   WHERE id = owner AND status IN ('published', 'superseded')) THEN
            RAISE EXCEPTION 'the BOM of a published revision never changes' USING ERRCODE = '55000';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
"""

AFTER = """
    CREATE OR REPLACE FUNCTION refuse_frozen_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status IN ('published', 'superseded') AND (TG_OP = 'DELETE'
            OR NEW.status NOT IN ('published', 'superseded')
            OR (NEW.product_id, NEW.number, NEW.model, NEW.sha256, NEW.published_at)
                IS DISTINCT FROM (OLD.product_id, OLD.number, OLD.model, OLD.sha256, OLD.published_at)) THEN
            RAISE EXCEPTION 'a published revision never changes' USING ERRCODE = '55000';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE OR REPLACE FUNCTION refuse_frozen_bom() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        losing bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.revision_id END;
        gaining bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.revision_id END;
    BEGIN
        IF EXISTS (SELECT FROM orders_productrevision
                   WHERE id IN (losing, gaining) AND status IN ('published', 'superseded')) THEN
            RAISE EXCEPTION 'the BOM of a published revision never changes' USING ERRCODE = '55000';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_approvals_repeat")]

    operations = [migrations.RunSQL(AFTER, BEFORE)]
