"""The settlement ledger, and the triggers that keep it append-only and its funds summing up."""

import django.db.models.deletion
import django.db.models.expressions
import matters.money
from decimal import Decimal
from django.db import migrations, models


APPEND_ONLY = ("medical_fundline", "medical_yearentry", "medical_accountentry")
FUNCTIONS = """
CREATE FUNCTION medical_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END $$;

-- The month in which it is cleared is the one thing that a settlement learns later.
CREATE FUNCTION medical_settlement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - 'clearing_month' IS DISTINCT FROM to_jsonb(OLD) - 'clearing_month' THEN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
    END IF;
    RETURN NEW;
END $$;

-- The fourth invariant: sum(setldetail.fund_payamt) = fund_pay_sumamt, looked at when the transaction ends.
CREATE FUNCTION medical_funds_sum_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settled bigint;
    lines numeric;
    whole numeric;
BEGIN
    IF TG_TABLE_NAME = 'medical_fundline' THEN
        settled := NEW.settlement_id;
    ELSE
        settled := NEW.id;
    END IF;
    SELECT coalesce(sum(fund_payamt), 0) INTO lines FROM medical_fundline WHERE settlement_id = settled;
    SELECT fund_pay_sumamt INTO whole FROM medical_settlement WHERE id = settled;
    IF lines <> whole THEN
        RAISE EXCEPTION 'settlement %: fund lines sum to %, fund_pay_sumamt is %', settled, lines, whole
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_funds_sum_up';
    END IF;
    RETURN NULL;
END $$;
"""
UNDO_FUNCTIONS = """
DROP FUNCTION medical_funds_sum_up();
DROP FUNCTION medical_settlement_stays();
DROP FUNCTION medical_is_append_only();
"""
TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION medical_is_append_only();
"""
SETTLEMENT = """
CREATE TRIGGER medical_settlement_stays BEFORE UPDATE OR DELETE ON medical_settlement
    FOR EACH ROW EXECUTE FUNCTION medical_settlement_stays();
CREATE CONSTRAINT TRIGGER settlement_funds_sum_up AFTER INSERT ON medical_settlement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION medical_funds_sum_up();
CREATE CONSTRAINT TRIGGER fund_line_sums_up AFTER INSERT ON medical_fundline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION medical_funds_sum_up();
"""
UNDO_SETTLEMENT = """
DROP TRIGGER fund_line_sums_up ON medical_fundline;
DROP TRIGGER settlement_funds_sum_up ON medical_settlement;
DROP TRIGGER medical_settlement_stays ON medical_settlement;
"""
UNDO = "DROP TRIGGER {table}_append_only ON {table};"


class Migration(migrations.Migration):

    dependencies = [
        ('medical', '0001_insured_institutions_filings'),
        ('offices', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=130, unique=True)),
                ('amount', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('after', matters.money.MoneyField(decimal_places=2, max_digits=14)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='FamilyAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_open_across_provinces', models.BooleanField(default=False)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='FundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField()),
                ('fund_pay_type', models.CharField(max_length=16, verbose_name='基金支付类型')),
                ('fund_payamt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='基金支付金额')),
                ('inscp_scp_amt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='符合政策范围金额')),
                ('crt_payb_lmt_amt', matters.money.MoneyField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='本次可支付限额金额')),
                ('setl_proc_info', models.TextField(blank=True, default='', verbose_name='结算过程信息')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('setl_id', models.CharField(max_length=30, unique=True, verbose_name='结算编号')),
                ('key', models.CharField(max_length=100, unique=True)),
                ('cause', models.CharField(choices=[('settled', '结算'), ('reversed', '结算撤销'), ('refunded', '清算后退费')], max_length=8)),
                ('sign', models.SmallIntegerField()),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('year', models.SmallIntegerField()),
                ('seq', models.IntegerField()),
                ('pool', models.CharField(max_length=6, verbose_name='统筹区')),
                ('insured_type', models.CharField(choices=[('employee', '职工'), ('resident', '居民')], max_length=8)),
                ('treated_at', models.CharField(max_length=12, verbose_name='就医地')),
                ('treated_province', models.CharField(max_length=6)),
                ('kind', models.CharField(choices=[('direct', '直接结算'), ('manual', '手工报销')], max_length=6)),
                ('visit', models.CharField(choices=[('inpatient', '住院'), ('outpatient', '普通门诊'), ('chronic', '门诊慢特病'), ('pharmacy', '药店购药')], max_length=12)),
                ('mdtrt_id', models.CharField(max_length=64, verbose_name='就诊编号')),
                ('began_on', models.DateField()),
                ('on', models.DateField()),
                ('booked_at', models.DateTimeField()),
                ('clearing_month', models.CharField(blank=True, default='', max_length=7)),
                ('medfee_sumamt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='医疗费总额')),
                ('fulamt_ownpay_amt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='全自费金额')),
                ('overlmt_selfpay', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='超限价自费金额')),
                ('preselfpay_amt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='先行自付金额')),
                ('inscp_scp_amt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='符合政策范围金额')),
                ('act_pay_dedc', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='实际支付起付线')),
                ('hifp_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='基本医疗保险统筹基金支出')),
                ('cvlserv_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='公务员医疗补助资金支出')),
                ('hifes_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='企业补充医疗保险基金支出')),
                ('hifmi_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='居民大病保险资金支出')),
                ('hifob_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='职工大额医疗费用补助基金支出')),
                ('maf_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='医疗救助基金支出')),
                ('oth_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='其他支出')),
                ('fund_pay_sumamt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='基金支付总额')),
                ('hosp_part_amt', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='医院负担金额')),
                ('psn_part_amt', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='个人负担总金额')),
                ('acct_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='个人账户支出')),
                ('acct_mulaid_pay', matters.money.MoneyField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='个人账户共济支付金额')),
                ('psn_cash_pay', matters.money.MoneyField(decimal_places=2, max_digits=14, verbose_name='个人现金支出')),
                ('bill', models.JSONField()),
                ('breakdown', models.JSONField()),
                ('rules', models.JSONField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='YearEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.SmallIntegerField()),
                ('seq', models.IntegerField()),
                ('key', models.CharField(max_length=100, unique=True)),
                ('delta', models.JSONField()),
                ('after', models.JSONField()),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='accountentry',
            name='insured',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='account_entries', to='medical.insured'),
        ),
        migrations.AddField(
            model_name='familyaccount',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='family_accounts', to='medical.insured'),
        ),
        migrations.AddField(
            model_name='familyaccount',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pays_for', to='medical.insured'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='institution',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.institution'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='insured',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='medical.insured'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='reverses',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='medical.settlement'),
        ),
        migrations.AddField(
            model_name='fundline',
            name='settlement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='medical.settlement'),
        ),
        migrations.AddField(
            model_name='accountentry',
            name='settlement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='account_entries', to='medical.settlement'),
        ),
        migrations.AddField(
            model_name='yearentry',
            name='insured',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='year_entries', to='medical.insured'),
        ),
        migrations.AddField(
            model_name='yearentry',
            name='settlement',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='year_entry', to='medical.settlement'),
        ),
        migrations.AddConstraint(
            model_name='familyaccount',
            constraint=models.UniqueConstraint(fields=('payer', 'member', 'valid_from'), name='family_account_once'),
        ),
        migrations.AddConstraint(
            model_name='familyaccount',
            constraint=models.CheckConstraint(condition=models.Q(('payer', models.F('member')), _negated=True), name='family_account_is_for_another'),
        ),
        migrations.AddConstraint(
            model_name='familyaccount',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='family_account_span_is_whole'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['mdtrt_id'], name='settlement_visit'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['institution', 'on'], name='settlement_institution_day'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['treated_province', 'pool', 'clearing_month', 'on'], name='settlement_clearing'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(fields=('insured', 'year', 'seq'), name='settlement_once_a_place'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', 'settled'), ('reverses', None), ('sign', 1)), models.Q(('cause__in', ['reversed', 'refunded']), ('reverses__isnull', False), ('sign', -1)), _connector='OR'), name='settlement_sign_says_what_it_is'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fund_pay_sumamt__gte', 0), ('medfee_sumamt__gte', 0), ('sign', 1)), models.Q(('fund_pay_sumamt__lte', 0), ('medfee_sumamt__lte', 0), ('sign', -1)), _connector='OR'), name='settlement_amounts_follow_its_sign'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('medfee_sumamt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('fulamt_ownpay_amt'), '+', models.F('overlmt_selfpay')), '+', models.F('preselfpay_amt')), '+', models.F('inscp_scp_amt')))), name='settlement_fee_is_its_parts'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('medfee_sumamt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('fund_pay_sumamt'), '+', models.F('psn_part_amt')), '+', models.F('hosp_part_amt')))), name='settlement_fee_is_paid_whole'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('psn_part_amt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('acct_pay'), '+', models.F('acct_mulaid_pay')), '+', models.F('psn_cash_pay')))), name='settlement_person_pays_their_part'),
        ),
        migrations.AddConstraint(
            model_name='fundline',
            constraint=models.UniqueConstraint(fields=('settlement', 'number'), name='fund_line_once'),
        ),
        migrations.AddConstraint(
            model_name='accountentry',
            constraint=models.CheckConstraint(condition=models.Q(('after__gte', 0)), name='account_entry_never_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='yearentry',
            constraint=models.UniqueConstraint(fields=('insured', 'year', 'seq'), name='year_entry_once_a_place'),
        ),
        migrations.AddConstraint(
            model_name='yearentry',
            constraint=models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='year_entry_counts_from_one'),
        ),
        migrations.RunSQL(
            FUNCTIONS + SETTLEMENT + "".join(TRIGGER.format(table=table) for table in APPEND_ONLY),
            "".join(UNDO.format(table=table) for table in APPEND_ONLY)
            + UNDO_SETTLEMENT
            + UNDO_FUNCTIONS,
        ),
    ]
