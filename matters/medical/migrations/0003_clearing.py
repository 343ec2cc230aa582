"""The clearing between the provinces, and the triggers that keep a closed month as it was."""

import django.db.models.deletion
import django.db.models.expressions
import matters.money
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# A month that was closed stays as it was, with its lines, amounts, statements and signatures.
CLOSED = """
CREATE FUNCTION medical_closed_month_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone boolean := false;
    come boolean := false;
BEGIN
    IF TG_TABLE_NAME = 'medical_clearingmonth' THEN
        gone := OLD.closed_at IS NOT NULL;
    ELSIF TG_TABLE_NAME IN ('medical_clearingline', 'medical_statement') THEN
        IF TG_OP <> 'INSERT' THEN
            SELECT closed_at IS NOT NULL INTO gone FROM medical_clearingmonth WHERE id = OLD.month_id;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            SELECT closed_at IS NOT NULL INTO come FROM medical_clearingmonth WHERE id = NEW.month_id;
        END IF;
    ELSIF TG_TABLE_NAME = 'medical_clearingamount' THEN
        SELECT m.closed_at IS NOT NULL INTO gone FROM medical_clearingmonth m
        JOIN medical_clearingline l ON l.month_id = m.id
        WHERE l.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.line_id ELSE NEW.line_id END;
    ELSE
        SELECT m.closed_at IS NOT NULL INTO gone FROM medical_clearingmonth m
        JOIN medical_statement s ON s.month_id = m.id
        WHERE s.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.statement_id ELSE NEW.statement_id END;
    END IF;
    IF gone OR come THEN
        RAISE EXCEPTION '%: the clearing month is closed, % refused', TG_TABLE_NAME, TG_OP;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_month_stays BEFORE UPDATE OR DELETE ON medical_clearingmonth
FOR EACH ROW EXECUTE FUNCTION medical_closed_month_stays();
"""
GUARDED = (
    "medical_clearingline", "medical_clearingamount", "medical_statement", "medical_signature",
)
GUARD = """
CREATE TRIGGER closed_month_stays BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION medical_closed_month_stays();
"""
APPEND_ONLY = ("medical_dailycheck", "medical_moneyentry")
STAYS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION medical_is_append_only();
"""
DROP = "DROP TRIGGER {name} ON {table};"
MAKE = (
    CLOSED
    + "".join(GUARD.format(table=table) for table in GUARDED)
    + "".join(STAYS.format(table=table) for table in APPEND_ONLY)
)
UNMAKE = (
    "".join(DROP.format(name="append_only", table=table) for table in APPEND_ONLY)
    + "".join(
        DROP.format(name="closed_month_stays", table=table)
        for table in ("medical_clearingmonth", *GUARDED)
    )
    + "DROP FUNCTION medical_closed_month_stays();"
)


class Migration(migrations.Migration):

    dependencies = [
        ('medical', '0002_ledger'),
        ('offices', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Advance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('year', models.SmallIntegerField()),
                ('base', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('size', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('rules', models.JSONField()),
                ('case_number', models.CharField(blank=True, default='', max_length=32)),
                ('calculated_at', models.DateTimeField()),
                ('adjusted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ClearingAmount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fund_pay_type', models.CharField(max_length=16)),
                ('amount', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('excluded', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ClearingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('sign', models.SmallIntegerField()),
                ('born_month', models.CharField(max_length=7)),
                ('carried', models.SmallIntegerField(default=0, verbose_name='结转次数')),
                ('status', models.CharField(choices=[('open', '待申报'), ('disputed', '争议中'), ('declared', '已申报')], default='open', max_length=8)),
                ('city', models.CharField(max_length=6, verbose_name='四川的统筹区')),
                ('pool', models.CharField(max_length=6, verbose_name='统筹区')),
                ('insured_type', models.CharField(choices=[('employee', '职工'), ('resident', '居民')], max_length=8)),
                ('visit', models.CharField(choices=[('inpatient', '住院'), ('outpatient', '普通门诊'), ('chronic', '门诊慢特病'), ('pharmacy', '药店购药')], max_length=12)),
                ('on', models.DateField()),
                ('medfee', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='医疗费总额')),
                ('claimed', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='应清算金额')),
                ('excluded', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='剔除金额')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ClearingMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('month', models.CharField(max_length=7, verbose_name='清算月')),
                ('case_number', models.CharField(blank=True, default='', max_length=32)),
                ('opened_at', models.DateTimeField()),
                ('cut_off_at', models.DateTimeField(blank=True, null=True)),
                ('declared_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DailyCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('said', models.JSONField()),
                ('found', models.JSONField()),
                ('agrees', models.BooleanField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Deduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('amount', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('reason', models.CharField(max_length=1000)),
                ('setl_id', models.CharField(blank=True, default='', max_length=30)),
                ('key', models.CharField(max_length=80, unique=True)),
                ('found_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('day', models.DateField()),
                ('setl_id', models.CharField(max_length=30)),
                ('sign', models.SmallIntegerField()),
                ('kind', models.CharField(choices=[('only_hospital', '仅医院有'), ('only_agency', '仅经办机构有'), ('amounts', '金额不一致')], max_length=13)),
                ('hospital', models.JSONField(default=dict, verbose_name='医院账')),
                ('agency', models.JSONField(default=dict, verbose_name='经办机构账')),
                ('state', models.CharField(choices=[('open', '待处理'), ('waiting', '等待医院重传'), ('settled', '已处理')], default='open', max_length=8)),
                ('resolution', models.CharField(blank=True, choices=[('resend', '医院重传'), ('reverse', '撤销'), ('accept', '认账'), ('agreed', '再次核对相符')], default='', max_length=8)),
                ('note', models.CharField(blank=True, default='', max_length=1000)),
                ('found_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LineDispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('treated', '就医地'), ('insured', '参保地')], max_length=8)),
                ('reason', models.CharField(max_length=1000)),
                ('evidence', models.CharField(blank=True, default='', max_length=2000)),
                ('decision', models.CharField(blank=True, default='', max_length=1000)),
                ('excluded', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('state', models.CharField(choices=[('raised', '已提出'), ('evidence', '已举证'), ('upheld', '成立，剔除'), ('dismissed', '不成立，支付')], default='raised', max_length=9)),
                ('raised_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MoneyEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('side', models.CharField(choices=[('treated', '就医地'), ('insured', '参保地')], max_length=8)),
                ('account', models.CharField(choices=[('receivable', '应收'), ('payable', '应付'), ('in_dispute', '争议'), ('deducted', '违规扣款'), ('advance', '预付金')], max_length=10)),
                ('insured_type', models.CharField(blank=True, choices=[('employee', '职工'), ('resident', '居民')], default='', max_length=8)),
                ('fund_pay_type', models.CharField(blank=True, default='', max_length=16)),
                ('amount', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('voucher', models.CharField(blank=True, default='', max_length=40, verbose_name='凭证号')),
                ('at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('treated', '就医地'), ('insured', '参保地')], max_length=8)),
                ('signed_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.SmallIntegerField()),
                ('line_count', models.IntegerField()),
                ('gross', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('deducted', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('payable', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('document_number', models.CharField(blank=True, default='', max_length=48)),
                ('issued_at', models.DateTimeField()),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('void_reason', models.CharField(blank=True, default='', max_length=1000)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TreatmentEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('treated_province', models.CharField(max_length=6, verbose_name='就医地省市')),
                ('insured_province', models.CharField(max_length=6, verbose_name='参保地省市')),
                ('setl_id', models.CharField(max_length=30)),
                ('sign', models.SmallIntegerField()),
                ('visit', models.CharField(choices=[('inpatient', '住院'), ('outpatient', '普通门诊'), ('chronic', '门诊慢特病'), ('pharmacy', '药店购药')], max_length=12)),
                ('on', models.DateField()),
                ('medfee_sumamt', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('fund_pay_sumamt', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('acct_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('source', models.CharField(choices=[('message', '结算报文'), ('totals', '3201 对总账相符'), ('details', '3202 明细'), ('accepted', '认账更正')], max_length=8)),
                ('booked_at', models.DateTimeField()),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('void_reason', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.UniqueConstraint(fields=('treated_province', 'insured_province', 'year'), name='advance_once_a_year'),
        ),
        migrations.AddField(
            model_name='clearingline',
            name='institution',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.institution'),
        ),
        migrations.AddField(
            model_name='clearingline',
            name='origin',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.settlement'),
        ),
        migrations.AddField(
            model_name='clearingline',
            name='settlement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='clearing_line', to='medical.settlement'),
        ),
        migrations.AddField(
            model_name='clearingamount',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amounts', to='medical.clearingline'),
        ),
        migrations.AddConstraint(
            model_name='clearingmonth',
            constraint=models.UniqueConstraint(fields=('treated_province', 'insured_province', 'month'), name='clearing_month_once'),
        ),
        migrations.AddConstraint(
            model_name='clearingmonth',
            constraint=models.CheckConstraint(condition=models.Q(('treated_province', models.F('insured_province')), _negated=True), name='clearing_month_crosses_the_border'),
        ),
        migrations.AddConstraint(
            model_name='clearingmonth',
            constraint=models.CheckConstraint(condition=models.Q(('declared_at', None), ('cut_off_at__isnull', False), _connector='OR'), name='clearing_month_declared_after_cut_off'),
        ),
        migrations.AddField(
            model_name='clearingline',
            name='month',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='medical.clearingmonth'),
        ),
        migrations.AddField(
            model_name='dailycheck',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.institution'),
        ),
        migrations.AddField(
            model_name='deduction',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.institution'),
        ),
        migrations.AddField(
            model_name='deduction',
            name='month',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='medical.clearingmonth'),
        ),
        migrations.AddField(
            model_name='difference',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.institution'),
        ),
        migrations.AddField(
            model_name='linedispute',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='medical.clearingline'),
        ),
        migrations.AddField(
            model_name='linedispute',
            name='raised_in',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='medical.clearingmonth'),
        ),
        migrations.AddField(
            model_name='moneyentry',
            name='month',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='money', to='medical.clearingmonth'),
        ),
        migrations.AddField(
            model_name='signature',
            name='office',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offices.office'),
        ),
        migrations.AddField(
            model_name='signature',
            name='signed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statement',
            name='month',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='medical.clearingmonth'),
        ),
        migrations.AddField(
            model_name='signature',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='medical.statement'),
        ),
        migrations.AddField(
            model_name='treatmententry',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.institution'),
        ),
        migrations.AddConstraint(
            model_name='clearingamount',
            constraint=models.UniqueConstraint(fields=('line', 'fund_pay_type'), name='clearing_amount_once'),
        ),
        migrations.AddIndex(
            model_name='clearingline',
            index=models.Index(fields=['month', 'pool', 'id'], name='clearing_line_month'),
        ),
        migrations.AddConstraint(
            model_name='clearingline',
            constraint=models.UniqueConstraint(fields=('origin', 'sign'), name='clearing_line_once'),
        ),
        migrations.AddConstraint(
            model_name='clearingline',
            constraint=models.CheckConstraint(condition=models.Q(('sign__in', [1, -1])), name='clearing_line_sign'),
        ),
        migrations.AddConstraint(
            model_name='clearingline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('excluded__gte', 0), ('excluded__lte', models.F('claimed')), ('sign', 1)), models.Q(('excluded__gte', models.F('claimed')), ('excluded__lte', 0), ('sign', -1)), _connector='OR'), name='clearing_line_excludes_of_its_own'),
        ),
        migrations.AddIndex(
            model_name='dailycheck',
            index=models.Index(fields=['institution', 'day'], name='daily_check_day'),
        ),
        migrations.AddConstraint(
            model_name='deduction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='deduction_takes_something'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(fields=['treated_province', 'insured_province', 'day'], name='difference_pair_day'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'settled'), _negated=True), fields=('setl_id', 'sign'), name='difference_once_while_open'),
        ),
        migrations.AddConstraint(
            model_name='linedispute',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['raised', 'evidence'])), fields=('line',), name='line_dispute_one_open'),
        ),
        migrations.AddIndex(
            model_name='moneyentry',
            index=models.Index(fields=['treated_province', 'insured_province', 'side', 'account'], name='money_entry_account'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('month', 'version'), name='statement_version_once'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('month',), name='statement_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('payable', django.db.models.expressions.CombinedExpression(models.F('gross'), '-', models.F('deducted')))), name='statement_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(fields=('statement', 'side'), name='signature_once_a_side'),
        ),
        migrations.AddIndex(
            model_name='treatmententry',
            index=models.Index(fields=['institution', 'on'], name='treatment_entry_day'),
        ),
        migrations.AddConstraint(
            model_name='treatmententry',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('setl_id', 'sign'), name='treatment_entry_once'),
        ),
        migrations.RunSQL(MAKE, UNMAKE),
    ]
