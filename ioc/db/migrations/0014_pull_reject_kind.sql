-- Refused records of `ioc pull` by kind: a subject has several that do not replace each other (docs/pull.md).

-- kind: which of its subject's records it is, in the adapter's words; '' where there is but one. A usable one mends those of its kind.
alter table pull_reject add column kind text not null default '';

-- Those of before, as the adapters of today name them.
update pull_reject set
    kind = case
        when record ->> 'ThoiDiemXuLy' is not null then concat(record ->> 'ThoiDiemXuLy', ' ', record ->> 'PhongBanXuLy')
        when record ->> 'form' = 'status' then concat('status ', record ->> 'StatusCode')
        else coalesce(record ->> 'form', '')
    end;
